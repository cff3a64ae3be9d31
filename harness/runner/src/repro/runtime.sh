# ---------------------------------------------------------------- sending

request() {
  curl -q -K "$dir/options" "$@"
}

# The program of one of many concurrent requests; its number is $0.
# shellcheck disable=SC2016 # another shell expands it
burst_program='
  [ -e "$burst_dir/stop" ] && exit 0
  file=$(printf "%s/%05d" "$burst_dir" "$0")
  date +%s >"$file.started"
  set -- -X "$burst_method"
  [ -s "$burst_sent" ] && set -- "$@" --data-binary "@$burst_sent"
  status=$(curl -q -K "$burst_dir/../options" "$@" -o "$file.body" -D "$file.head" -w "%{http_code}" \
    -H "@$burst_headers" "$burst_url") || exit 0
  touch "$file.body"
  printf "%s\n" "$status" >"$file.status"
  case $status in
    2*) ;;
    "$burst_ignored") ;;
    *) [ -n "$burst_accepted" ] || : >"$burst_dir/stop"; : >"$file.refused" ;;
  esac'

# Sets a header of the next request; replaces one of the same name.
header_line() { # NAME VALUE
  drop_header "$1"
  if [ -n "$2" ]; then printf '%s: %s\n' "$1" "$2"; else printf '%s;\n' "$1"; fi >>"$dir/headers"
}

drop_header() { # NAME
  awk -v name="$1" 'BEGIN { name = tolower(name) } { own = $0; sub(/[:;].*/, "", own) } tolower(own) != name' \
    "$dir/headers" >"$dir/headers.new"
  mv "$dir/headers.new" "$dir/headers"
}

# Begins a step, with an empty request.
begin() { # TITLE OPERATION EXPECTED
  operation=$2 credential_sent='' expiry=null replays=false label='' field=null server_error=null role=${4-asserted}
  : >"$dir/headers"
  : >"$dir/sent"
  printf null >"$dir/expect"
  printf '\n%s\n   expected  %s\n' "$1" "$3"
}

# Sends the request once. The response is in $status, $dir/head and $dir/body, curl's exit code in $failure.
send_once() { # METHOD PATH
  cp "$dir/headers" "$dir/headers.sent"
  gateway_headers >>"$dir/headers.sent"
  set -- "$1" "$2" -o "$dir/body" -D "$dir/heads" -w '%{http_code}' -H "@$dir/headers.sent"
  method=$1 path=$2
  shift 2
  case $method in
    HEAD) set -- "$@" --head ;;
    POST | PUT | PATCH) set -- "$@" -X "$method" -H 'Expect:' --data-binary "@$dir/sent" ;;
    *)
      set -- "$@" -X "$method"
      [ -s "$dir/sent" ] && set -- "$@" -H 'Expect:' --data-binary "@$dir/sent"
      ;;
  esac
  grep -qi '^content-type[:;]' "$dir/headers.sent" || set -- "$@" -H 'Content-Type:'
  : >"$dir/heads"
  : >"$dir/body"
  failure=0
  started=$(date +%s)
  status=$(request "$@" "$base$path" 2>"$dir/error") || failure=$?
  finished=$(date +%s)
  [ "$method" = HEAD ] && : >"$dir/body"
  awk '/^HTTP\// { block = "" } { block = block $0 "\n" } END { printf "%s", block }' "$dir/heads" >"$dir/head"
}

# Sends the request; if the connection breaks, sends it once more. Ends the script if there is no response.
send() { # METHOD PATH
  send_once "$1" "$2"
  case $failure in
    0) return ;;
    28) no_response "none within the time limit" late ;;
    1 | 8 | 16 | 18 | 52 | 55 | 56 | 92) send_once "$1" "$2" ;;
    *) give_up "nothing could be sent: $(cat "$dir/error")" ;;
  esac
  [ "$failure" -eq 0 ] || no_response "none, twice in a row: $(cat "$dir/error")" broken
}

no_response() { # WHAT late|broken
  may=$(jq -r --arg how "$2" 'if . == null then "no" elif $how == "broken" or .must_respond then "yes" else "no" end' "$dir/expect")
  printf '   actual    %s\n' "$1"
  [ "$may" = yes ] || give_up "$operation did not respond: $1"
  found MUST "$(jq -r .clause "$dir/expect")" expectation "a response" "$1"
  finish
}

# Sends the request, and repeats it after the retry delay while it is refused by a rate limit.
send_with_retry() { # METHOD PATH
  left=5
  while send "$1" "$2" && [ "$status" = "$limit_status" ] && [ "$left" -gt 0 ]; do
    cp "$dir/expect" "$dir/expect.kept"
    printf null >"$dir/expect"
    judge
    print_findings
    mv "$dir/expect.kept" "$dir/expect"
    wait_retry_delay
    left=$((left - 1))
  done
}

response_header() { # NAME
  awk -v name="$1" 'BEGIN { name = tolower(name) ":" } tolower(substr($0, 1, length(name))) == name {
    value = substr($0, length(name) + 1); sub(/^[ \t]+/, "", value); sub(/[ \t\r]+$/, "", value); print value; exit }' \
    "$dir/head"
}

has_header() { # NAME
  awk -v name="$1" 'BEGIN { name = tolower(name) ":" } tolower(substr($0, 1, length(name))) == name { found = 1 }
    END { exit !found }' "$dir/head"
}

# Waits for the retry delay of the last response.
wait_retry_delay() {
  delay=$(response_header "$retry_after_header")
  case $delay in '' | *[!0-9]*) delay=1 ;; esac
  [ "$delay" -le 120 ] || give_up "the target asks to wait $delay s"
  printf '   waits     %s s, as the target asks\n' "$((delay + 1))"
  sleep "$((delay + 1))"
}

# Sends the request many times concurrently until one is refused; that response is judged. If only some requests may be
# accepted, all are sent, and a rate limit is no refusal. A server error is judged rather than a refusal, and a success if
# all may be accepted and are.
burst() { # METHOD PATH AT-MOST IN-FLIGHT [ACCEPTED LEVEL CLAUSE]
  cp "$dir/headers" "$dir/headers.sent"
  gateway_headers >>"$dir/headers.sent"
  rm -rf "$dir/burst"
  mkdir "$dir/burst"
  awk -v most="$3" 'BEGIN { for (number = 1; number <= most; number++) print number }' |
    burst_dir="$dir/burst" burst_headers="$dir/headers.sent" burst_sent="$dir/sent" burst_method="$1" burst_url="$base$2" \
      burst_accepted="${5:-}" burst_ignored="${5:+$limit_status}" xargs -n 1 -P "$4" sh -c "$burst_program"
  refused=$(find "$dir/burst" -name '*.refused' | sort | head -n 1)
  if [ -n "${5:-}" ]; then
    accepted=$(cat "$dir"/burst/*.status 2>/dev/null | grep -c '^2' || :)
    if [ "$accepted" -gt "$5" ]; then
      found "$6" "$7" expectation "at most $5 of $3 requests at the same time is accepted" "$accepted are accepted"
      give_up "more requests were accepted than may be"
    fi
    failed=$(grep -l '^5' "$dir"/burst/*.status 2>/dev/null | head -n 1)
    refused=${failed:-$refused}
    if [ -z "$refused" ] && [ "$accepted" -eq "$3" ]; then refused=$(find "$dir/burst" -name '*.status' | sort | head -n 1); fi
    [ -n "$refused" ] || give_up "no request was refused for another reason than a rate limit"
  fi
  [ -n "$refused" ] || give_up "the quota was not used up by $3 requests"
  refused=${refused%.*}
  status=$(cat "$refused.status")
  cp "$refused.head" "$dir/head"
  cp "$refused.body" "$dir/body"
  method=$1 path=$2 started=$(cat "$refused.started") finished=$(date +%s)
}

# ---------------------------------------------------------------- judging

# Judges the response. Writes the findings to $dir/verdict, whether the expectation holds to $holds, and whether the request
# succeeded or was refused to $effect.
judge() {
  utf8=true mark=false twice=false
  if [ "$status" -ge 400 ]; then
    if command -v iconv >/dev/null; then iconv -f UTF-8 -t UTF-8 <"$dir/body" >/dev/null 2>&1 || utf8=false; fi
    [ "$(head -c 3 "$dir/body" | od -An -tx1 | tr -d ' \n')" = efbbbf ] && mark=true
    if jq -c --stream 'select(length == 2)[0]' "$dir/body" 2>/dev/null | sort | uniq -d | grep -q .; then twice=true; fi
  fi
  jq -n --arg operation "$operation" --arg method "$method" --arg path "$path" --argjson status "$status" --argjson field "$field" \
    --argjson started "$started" --argjson finished "$finished" --argjson expiry "$expiry" --argjson replays "$replays" \
    --argjson utf8 "$utf8" --argjson mark "$mark" --argjson twice "$twice" --argjson server_error "$server_error" \
    --arg earlier_status "$(cat "$dir/earlier.status" 2>/dev/null)" --slurpfile expect "$dir/expect" '
    {operation: $operation, method: $method, path: $path, status: $status, field: $field, started: $started, finished: $finished,
     expiry: $expiry, replays: $replays, utf8: $utf8, mark: $mark, twice: $twice,
     earlier_status: ($earlier_status | if . == "" then 0 else tonumber end),
     expect: ($expect[0] | if . != null and $status >= 500 and $server_error != null then . + $server_error else . end)}' \
    >"$dir/exchange"
  head -c 20000 "$dir/sent" >"$dir/sent.begin"
  touch "$dir/ids" "$dir/earlier.body"
  credential_sent=$credential_sent jq -n -r --slurpfile facts "$dir/facts.json" --slurpfile exchange "$dir/exchange" \
    --rawfile head "$dir/head" --rawfile body "$dir/body" --rawfile sent "$dir/sent.begin" --rawfile ids "$dir/ids" \
    --rawfile earlier "$dir/earlier.body" -f "$dir/judge.jq" >"$dir/verdict" ||
    give_up "the response could not be judged"
  holds=$(awk -F "$separator" '$1 == "holds" { print $2 }' "$dir/verdict")
  effect=$(awk -F "$separator" '$1 == "effect" { print $2 }' "$dir/verdict")
  if [ -n "$request_id_header" ]; then response_header "$request_id_header" >>"$dir/ids"; fi
}

# Notes if a request succeeded that must be refused, or the other way round: later steps are not run then, because they
# would report the same fault.
expect_effect() { # success|refusal
  [ "$effect" = "$1" ] || precondition_failed=yes
}

# Prints the findings.
print_findings() {
  while IFS="$separator" read -r what level clause check expected actual; do
    case $what in
      actual) printf '   actual    %s\n' "$level" ;;
      found) found "$level" "$clause" "$check" "$expected" "$actual" ;;
    esac
  done <"$dir/verdict"
  if [ "$role" = setup ]; then
    case $status in 2*) ;; *) give_up "the setup step $operation was not served" ;; esac
  fi
}

found() { # LEVEL CLAUSE CHECK EXPECTED ACTUAL
  if [ "$1" = MUST ] || [ "$strict" = yes ]; then
    violations=$((violations + 1))
    [ "$3" = expectation ] && unmet=yes
    printf '   violation %s (%s): expected %s; found %s\n' "$2" "$3" "$4" "$5"
    printf '%s (%s)\n' "$2" "$3" >>"$dir/violations"
  else
    printf '   warning   %s (%s): expected %s; found %s\n' "$2" "$3" "$4" "$5"
  fi
}

# ---------------------------------------------------------------- values

# Keeps a value of the response: as JSON in $kept_json, and in the forms that requests need.
keep() { # body TOKENS | header NAME | status | nothing
  case $1 in
    body) kept_json=$(jq -ce --argjson tokens "$2" '
        reduce $tokens[] as $token ([.];
          if length == 0 then .
          elif (.[0] | type) == "object" and (.[0] | has($token)) then [.[0][$token]]
          elif (.[0] | type) == "array" and ($token | test("^[0-9]+$")) and ($token | tonumber) < (.[0] | length)
          then [.[0][$token | tonumber]]
          else [] end) | select(length == 1)' "$dir/body" 2>/dev/null) || return 1
      kept_json=${kept_json#?}
      kept_json=${kept_json%?} ;;
    header)
      has_header "$2" || return 1
      kept_json=$(response_header "$2" | jq -Rsc 'rtrimstr("\n")') ;;
    nothing) kept_json=null ;;
    *) kept_json=$status ;;
  esac
  forms
}

# The other forms of $kept_json: text, the inside of a JSON string, and percent-encoded.
forms() {
  kept_text=$(printf '%s' "$kept_json" | jq -r 'if type == "string" then . else tojson end')
  kept_inner=$(printf '%s' "$kept_json" | jq -r 'if type == "string" then . else tojson end | tojson | .[1:-1]')
  kept_uri=$(printf '%s' "$kept_json" | jq -r 'if type == "string" then . else tojson end | @uri')
}

# Replaces $kept_json by a value of the same shape that does not exist on the target.
unlike() {
  kept_json=$(printf '%s' "$kept_json" | jq -c '
    def turned($first; $count): (. - $first + ($count / 2 | floor)) % $count + $first;
    def rotated:
      if . >= 48 and . <= 57 then turned(48; 10) elif . >= 97 and . <= 102 then turned(97; 6)
      elif . >= 65 and . <= 70 then turned(65; 6) elif . >= 103 and . <= 122 then turned(103; 20) else turned(71; 20) end;
    def letter: . >= 48 and . <= 57 or . >= 65 and . <= 90 or . >= 97 and . <= 122;
    (if type == "string" then . else tojson end)
    | if length < 12 and test("^[0-9]*$") then . + "731905"
      else explode | reverse
        | reduce .[] as $each ([8, []]; if .[0] == 0 or ($each | letter | not) then [.[0], .[1] + [$each]] else [.[0] - 1, .[1] + [$each | rotated]] end)
        | .[1] | reverse | implode end')
  forms
}

# Sets $unique to a new random value of letters and digits.
new_unique() {
  unique=r$(od -An -N5 -tx1 /dev/urandom | tr -d ' \n')
}

# Decodes Base64 of gzip from standard input.
unpack() {
  base64 -d | gzip -dc
}

# ---------------------------------------------------------------- the end

give_up() { # REASON
  reason=$*
  printf '   stopped   %s\n' "$reason"
  finish
}

# Records the id of a created resource, and parts of its response that the deletion sends, so that cleanup deletes it.
record_created() { # TOKENS FUNCTION [PART...]
  case $status in 2*) ;; *) return 0 ;; esac
  keep body "$1" || return 0
  made="$2 $kept_uri"
  shift 2
  for part in "$@"; do
    kept_text=
    keep "${part%% *}" "${part#* }" || kept_text=
    made="$made $(printf '%s' "$kept_text" | base64 | tr -d '\n' | sed 's/^$/-/')"
  done
  grep -qxF "$made" "$dir/made" 2>/dev/null || printf '%s\n' "$made" >>"$dir/made"
}

# Prints a recorded part of a response.
recorded() { # BASE64
  [ "$1" = - ] || printf '%s' "$1" | base64 -d
}

# Deletes the created resources, the newest first.
cleanup() {
  [ -s "$dir/made" ] || return 0
  awk '{ line[NR] = $0 } END { for (number = NR; number > 0; number--) print line[number] }' "$dir/made" >"$dir/undo"
  rm -f "$dir/made"
  # The recorded parts are words without spaces.
  # shellcheck disable=SC2086
  while read -r undo id parts; do "$undo" "$id" $parts; done <"$dir/undo"
}

finish() {
  if [ "$ending" = yes ]; then leave; fi
  ending=yes
  cleanup
  leave
}

leave() {
  trap - EXIT
  if [ "$violations" -gt 0 ]; then
    printf '\nThe violation occurs again: %s\n' "$(sort -u "$dir/violations" | tr '\n' ',' | sed 's/,$//; s/,/, /g')"
    code=1
  elif [ -n "$reason" ]; then
    printf '\nNo verdict: %s\n' "$reason"
    code=3
  else
    printf '\nNo violation was seen.\n'
    code=0
  fi
  rm -rf "$dir"
  exit "$code"
}

for tool in $tools; do
  command -v "$tool" >/dev/null || { echo "this script needs $tool" >&2; exit 3; }
done
if [ -z "$base" ]; then
  echo "set CONFORMANCE_TARGET_URL to the base URL of the target" >&2
  exit 3
fi
base=${base%/}
umask 077
dir=$(mktemp -d "${TMPDIR:-/tmp}/repro.XXXXXX") || exit 3
separator=$(printf '\037')
violations=0 unmet=no precondition_failed=no reason='' ending=no
trap finish EXIT
trap 'reason=interrupted; finish' HUP INT TERM
new_unique
contract
steps
finish
