# ---------------------------------------------------------------- credentials

# Reads a credential: sets $kind and $secret.
credential() { # VARIABLE VALUE
  case $2 in
    key:?* | bearer:?* | basic:?* | secret:?*) ;;
    '') give_up "no credential: set $1 to key:…, bearer:…, basic:…, or secret:…" ;;
    *) give_up "$1 must begin with key:, bearer:, basic: or secret:" ;;
  esac
  kind=${2%%:*}
  secret=${2#*:}
  if [ "$kind" = bearer ]; then
    expiry=$(secret=$secret jq -n '
      env.secret | split(".") | if length == 3 then .[1] else "" end
      | gsub("-"; "+") | gsub("_"; "/") | . + ("=" * ((4 - length % 4) % 4) // "")
      | try (@base64d | fromjson | .exp | select(type == "number")) catch null' 2>/dev/null)
    expiry=${expiry:-null}
  fi
}

# Adds the credential to the request, altered if the test says so.
add_credential() { # ALTERATION | as-it-is
  credential_sent=$secret
  case $1 in
    as-it-is) ;;
    as-basic) authorization Basic "$(printf '%s:' "$secret" | base64 | tr -d '\n')" && return ;;
    as-basic-password) authorization Basic "$(printf 'x:%s' "$secret" | base64 | tr -d '\n')" && return ;;
    as-plain-basic) authorization Basic "$secret" && return ;;
    as-token) authorization Token "$secret" && return ;;
    as-bearer) authorization Bearer "$secret" && return ;;
    *) credential_sent=$(altered "$1") ;;
  esac
  if [ "$kind" = basic ]; then
    authorization Basic "$(printf '%s' "$credential_sent" | base64 | tr -d '\n')"
    return
  fi
  name=$(credential_header "$kind")
  [ -n "$name" ] || give_up "the contract has no header for a credential of the kind $kind"
  case $name in
    *:*) header_line "${name%%:*}" "${name#*:}$credential_sent" ;;
    *) header_line "$name" "$credential_sent" ;;
  esac
}

authorization() { # SCHEME VALUE
  credential_sent=$2
  header_line authorization "$1 $2"
}

# The altered credential. jq gets the value from its environment, so that no list of processes shows it.
altered() { # ALTERATION
  secret=$secret how=$1 jq -nr '
    def other($place):
      explode | (if .[$place] == 46 then $place + 1 else $place end) as $at
      | if $at < length then .[$at] = (if .[$at] == 97 then 98 else 97 end) else . end | implode;
    def other_case: explode | map(if . >= 97 and . <= 122 then . - 32 elif . >= 65 and . <= 90 then . + 32 else . end) | implode;
    def swapped($place): explode | .[$place] = (if .[$place] == 65 then 66 else 65 end) | implode;
    def encoded: @base64 | gsub("\\+"; "-") | gsub("/"; "_") | gsub("="; "");
    def decoded: gsub("-"; "+") | gsub("_"; "/") | . + (if length % 4 == 0 then "" else "=" * (4 - length % 4) end) | @base64d;
    env.secret as $all
    | ($all | split(".")) as $parts
    | ($parts | length == 3) as $is_token
    | ($parts[1] // "") as $claims
    | ($parts[2] // "") as $signature
    | def later: $claims | (try (decoded | fromjson) catch {}) | .exp = (now | floor) + 3600 | tojson | encoded;
      def titled($algorithm): {alg: $algorithm, typ: "JWT"} | tojson | encoded;
      def signed($new): [$parts[0], $claims, $new] | join(".");
      env.how
    | if . == "first-character" then $all | other(0)
      elif . == "letter-case" then ($all | other_case) as $new | if $new == $all then $all | other(length - 1) else $new end
      elif . == "middle-character" then $all | other(length / 2 | floor)
      elif . == "empty" then ""
      elif . == "truncate" then $all[:-1]
      elif . == "append" then $all + "x"
      elif . == "last-character" and ($is_token | not) then $all | other(length - 1)
      elif . == "break-signature" or . == "last-character" then signed($signature | swapped(0))
      elif . == "break-signature-end" then signed($signature | swapped(length - 2))
      elif . == "half-signature" then signed($signature[:($signature | length / 2 | floor)])
      elif . == "no-signature" then signed("")
      elif . == "two-parts" then $parts[:2] | join(".")
      elif . == "alg-none" then [titled("none"), later, ""] | join(".")
      elif . == "alg-none-odd-case" then [titled("nOnE"), later, ""] | join(".")
      elif . == "alg-none-expired" then [titled("none"), $claims, ""] | join(".")
      elif . == "alg-none-signed" then [titled("none"), later, $signature] | join(".")
      elif . == "alg-other" then [titled("HS512"), later, $signature] | join(".")
      elif . == "signature-case" then ($signature | other_case) as $new | signed(if $new == $signature then $signature | swapped(0) else $new end)
      elif . == "four-parts" then $all + ".e30"
      elif . == "extend-expiry" then [$parts[0], later, $signature] | join(".")
      else error("unknown alteration") end'
}
