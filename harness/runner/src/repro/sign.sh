# ---------------------------------------------------------------- signatures

# HMAC of standard input in hexadecimal digits. openssl takes the key as an argument.
hmac() { # ALGORITHM KEY
  key=$(printf '%s' "$2" | od -An -v -tx1 | tr -d ' \n')
  # RFC 2104 pads a key with zeros, so an empty key is equivalent to one zero byte.
  openssl dgst "-$1" -mac HMAC -macopt "hexkey:${key:-00}" | awk '{ print $NF }'
}

# Sets $now for signing: the local time, or the target's time if they differ by more than five seconds.
set_now() {
  now=$(date +%s)
  [ -s "$dir/head" ] || return 0
  theirs=$(response_header date | jq -Rr 'try (strptime("%a, %d %b %Y %H:%M:%S GMT") | mktime) catch empty' 2>/dev/null)
  [ -n "$theirs" ] || return 0
  ahead=$((theirs - now))
  if [ "$ahead" -gt 5 ] || [ "$ahead" -lt -5 ]; then now=$theirs; fi
}

# The signature of $dir/covered, altered if the test says so.
signature() { # KEY PREFIX [CHANGE]
  case ${3-} in
    sha1) printf 'sha1=%s' "$(hmac sha1 "$1" <"$dir/covered")" && return ;;
    sha512) printf 'sha512=%s' "$(hmac sha512 "$1" <"$dir/covered")" && return ;;
    unkeyed) printf '%s%s' "$2" "$(openssl dgst -sha256 <"$dir/covered" | awk '{ print $NF }')" && return ;;
  esac
  digits=$(hmac sha256 "$1" <"$dir/covered")
  case ${3-} in
    '') printf '%s%s' "$2" "$digits" ;;
    longer) printf '%s%s00' "$2" "$digits" ;;
    truncate) printf '%s%.32s' "$2" "$digits" ;;
    first-digit) case $digits in 0*) printf '%s1%s' "$2" "${digits#?}" ;; *) printf '%s0%s' "$2" "${digits#?}" ;; esac ;;
    last-digit) case $digits in *0) printf '%s%s1' "$2" "${digits%?}" ;; *) printf '%s%s0' "$2" "${digits%?}" ;; esac ;;
    no-prefix) printf '%s' "$digits" ;;
    other-prefix) printf 'md5=%s' "$digits" ;;
    empty) printf '%s' "$2" ;;
    zeros) printf '%s%s' "$2" "$(printf '%s' "$digits" | tr '0-9a-f' '0')" ;;
  esac
}
