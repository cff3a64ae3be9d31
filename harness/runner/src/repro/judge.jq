# Judges one response. Input: none. Files: $facts (the contract), $exchange (what was sent and when, and what the step
# expects), and as raw text $head, $body, $sent, $ids (request ids of earlier responses), $earlier (a body to repeat).
# Output: one line per finding, its parts separated by the control character U+001F; the last line is "holds yes|no|unclear".

def at($tokens): # the value at a JSON Pointer, as [value], or [] where there is none
  reduce $tokens[] as $token ([.];
    if length == 0 then .
    elif (.[0] | type) == "object" and (.[0] | has($token)) then [.[0][$token]]
    elif (.[0] | type) == "array" and ($token | test("^[0-9]+$")) and ($token | tonumber) < (.[0] | length)
    then [.[0][$token | tonumber]]
    else [] end);
def all_at($tokens): # every value at a JSON Pointer in which `*` is every element of an array
  if ($tokens | length) == 0 then .
  elif type == "array" and $tokens[0] == "*" then .[] | all_at($tokens[1:])
  else [.] | at($tokens[:1]) | .[] | all_at($tokens[1:]) end;
def pointer: map("/" + (gsub("~"; "~0") | gsub("/"; "~1"))) | join("");
def shown: if length == 0 then "nothing there" else .[0] | tojson end;
def plain: gsub("[[:cntrl:]]"; " ") | if length > 300 then .[:300] + "…" else . end;

# ---- a value and a matcher
def fits($want): # input: [value] or []
  . as $found
  | def fits_by($name; $operand):
      (if ($found | length) == 1 then $found[0] else null end) as $value
      | if $name == "$optional" then ($found | length) == 0 or ($found | fits($operand))
        elif $name == "$some" then ($value | type) == "array" and any($value[]; [.] | fits($operand))
        elif $name == "$none" then ($value | type) == "array" and (any($value[]; [.] | fits($operand)) | not)
        elif $name == "$every" then ($value | type) == "array" and all($value[]; [.] | fits($operand))
        elif $name == "$equals" then ($found | length) == 1 and $value == $operand
        elif $name == "$unchanged" then $value == $operand
        elif $name == "$contains" then ($value | type) == "string" and ($operand | type) == "string" and ($value | contains($operand))
        elif $name == "$matches" then ($value | type) == "string" and ($operand | type) == "string" and ($value | test($operand))
        elif $name == "$below" then ($value | type) == "number" and $value < ($operand | tonumber)
        elif $name == "$at_least" then ($value | type) == "number" and $value >= ($operand | tonumber)
        elif $name == "$not" then ($found | fits($operand)) | not
        elif $name == "$present" then ($value != null) == ($operand != false)
        elif $name == "$text" then ($found | length) == 1 and (($value | type) == "string" and $value != "") == ($operand == true)
        elif $name == "$type" then ($found | length) == 1 and (($value | type) == $operand or ($operand == "integer" and ($value | type) == "number" and $value == ($value | floor)))
        else false end;
    if ($want | type) == "object" and ($want | length) > 0 and all($want | keys[]; startswith("$")) then
      all($want | keys[]; . as $name | fits_by($name; $want[$name]))
    elif ($found | length) == 0 then false
    elif ($want | type) == "object" and ($found[0] | type) == "object" then
      $found[0] as $value
      | all($want | keys[]; . as $key | (if $value | has($key) then [$value[$key]] else [] end) | fits($want[$key]))
    elif ($want | type) == "array" and ($found[0] | type) == "array" then
      ($want | length) == ($found[0] | length)
      and (. as $all | all(range($want | length); . as $index | [$found[0][$index]] | fits($want[$index])))
    else $found[0] == $want end;

# ---- a value and a JSON Schema (references are resolved already)
def is_a($wanted): type as $own | $own == $wanted or ($wanted == "integer" and $own == "number" and . == floor);
def has_format($format):
  if $format == "date-time" then test("^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$")
  elif $format == "date" then test("^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$")
  elif $format == "uuid" then test("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
  elif $format == "email" then test("^[^@]+@[^@]+$")
  elif $format == "uri" then test("^[A-Za-z][A-Za-z0-9+.-]*:")
  else true end;
def misfits($schema; $path): # a stream of [pointer, expected, actual]
  . as $value
  | def wrong($expected): [($path | pointer), $expected, ($value | tojson)];
  if ($schema | type) != "object" then (if $schema == false then wrong("nothing") else empty end)
  else
    (if $schema | has("type") then ([$schema.type] | flatten) as $types
      | (if any($types[]; . as $type | $value | is_a($type)) then empty else wrong("a value of type " + ($types | join(" or "))) end)
      else empty end),
    (if ($schema | has("const")) and $schema.const != $value then wrong($schema.const | tojson) else empty end),
    (if ($schema | has("enum")) and ($schema.enum | index([$value]) | not) then wrong("one of " + ($schema.enum | tojson)) else empty end),
    (if ($value | type) == "string" then
      (if ($schema.minLength // 0) > ($value | length) then wrong("a string of at least \($schema.minLength) characters") else empty end),
      (if $schema | has("maxLength") then (if $schema.maxLength < ($value | length) then wrong("a string of at most \($schema.maxLength) characters") else empty end) else empty end),
      (if $schema | has("pattern") then (if $value | test($schema.pattern) then empty else wrong("a string like " + $schema.pattern) end) else empty end),
      (if $schema | has("format") then (if $value | has_format($schema.format) then empty else wrong("a " + $schema.format) end) else empty end)
    else empty end),
    (if ($value | type) == "number" then
      (if ($schema | has("minimum")) and $value < $schema.minimum then wrong("a number not below \($schema.minimum)") else empty end),
      (if ($schema | has("maximum")) and $value > $schema.maximum then wrong("a number not above \($schema.maximum)") else empty end),
      (if ($schema | has("exclusiveMinimum")) and $value <= $schema.exclusiveMinimum then wrong("a number above \($schema.exclusiveMinimum)") else empty end)
    else empty end),
    (if ($value | type) == "object" then
      (($schema.required // [])[] | . as $name | if $value | has($name) then empty
        else [($path + [$name] | pointer), "a member `\($name)`", "nothing there"] end),
      (($schema.properties // {}) | keys[] as $name | . as $members
        | if $value | has($name) then $value[$name] | misfits($members[$name]; $path + [$name]) else empty end),
      (if $schema | has("additionalProperties") then
        $value | keys[] | . as $name
        | if ($schema.properties // {}) | has($name) then empty
          else $value[$name] | misfits($schema.additionalProperties; $path + [$name]) end
      else empty end)
    else empty end),
    (if ($value | type) == "array" then
      (if ($schema.minItems // 0) > ($value | length) then wrong("at least \($schema.minItems) elements") else empty end),
      (if $schema | has("items") then range($value | length) as $index | $value[$index] | misfits($schema.items; $path + [$index | tostring]) else empty end)
    else empty end),
    (($schema.allOf // [])[] as $part | $value | misfits($part; $path)),
    (if $schema | has("anyOf") then (if any($schema.anyOf[]; . as $part | [$value | misfits($part; $path)] == []) then empty else wrong("one of the documented alternatives") end) else empty end),
    (if $schema | has("oneOf") then (if ([$schema.oneOf[] | . as $part | select([$value | misfits($part; $path)] == [])] | length) == 1 then empty else wrong("exactly one of the documented alternatives") end) else empty end),
    (if $schema | has("not") then (if [$value | misfits($schema.not; $path)] == [] then wrong("something else") else empty end) else empty end),
    (if $schema | has("if") then
      (if [$value | misfits($schema.if; $path)] == [] then $value | misfits($schema.then // true; $path) else $value | misfits($schema.else // true; $path) end)
    else empty end)
  end;

# ---- the response
$facts[0] as $facts
| $exchange[0] as $exchange
| ($body | ltrimstr("\ufeff")) as $text
| ($text | try [fromjson] catch []) as $json
| ($exchange.status) as $status
| ($status >= 200 and $status < 300) as $success
| ($status >= 400) as $error
| ($exchange.method == "HEAD") as $head_only
| [$head | split("\n")[] | rtrimstr("\r") | select(test("^[^ \t:]+:")) | capture("^(?<name>[^:]+):[ \t]*(?<value>.*?)[ \t]*$") | .name |= ascii_downcase] as $headers
| def fields($name): [$headers[] | select(.name == ($name | ascii_downcase)) | .value];
  def header($name): fields($name) | .[:1];
  def has_status: . == "\($status)" or (ascii_downcase | endswith("xx") and startswith("\($status / 100 | floor)"));
  def integer($name): [header($name)[] | select(test("^-?[0-9]+$")) | tonumber];
  def part($tokens): if $tokens == null or ($json | length) == 0 then [] else $json[0] | at($tokens) end;
  $facts.envelope as $envelope
| def code_of: part($envelope.code) | map(if $envelope.integer_codes then select(type == "number") | tostring else select(type == "string") end);
  def fits_no_success: $facts.operations[$exchange.operation].all // []
    | ([.[] | select(.status == "\($status)")] + .)[:1] | .[0].schema as $schema
    | $schema == null or ($envelope.envelope != [] and ($json[0] | type == "object" and length == 1))
      or any($json[0] | misfits($schema; []); true);
  (if $error then code_of elif $success then code_of | map(select($facts.codes[.] != null and fits_no_success)) else [] end | .[0]) as $code
| (if $code != null then $facts.codes[$code] else null end) as $entry
| ($error and (part($envelope.envelope) | map(type) == ["object"])) as $has_envelope
| ($exchange.field) as $at_fault
| ($has_envelope and $at_fault != null and $envelope.field != null and $entry != null and $entry.names_field) as $names_field
| ($has_envelope and $entry != null and ($entry.requires | index("retry_delay") != null)) as $requires_delay
| ($facts.rate_limit) as $limit
| ($limit != null and ($facts.codes[$limit.code].status == [$status] or $code == $limit.code)) as $limited
| ($facts.request_id | if . == null then [] else header(.) end) as $request_id
| def found($check; $expected; $actual):
    $facts.checks[$check] | select(. != null) | ["found", .level, .clause, $check, $expected, $actual];
  def quoted: if length == 0 then "no such header" else .[0] | tojson end;
  def envelope_misfits: $json[0] | misfits($envelope.schema; []), (if $entry != null then misfits($entry.schema; []) else empty end);
  def is_field:
    ($envelope.field // [] | map(if . == "*" then "#" else . end)) as $pattern
    | (split("/")[1:] | to_entries | map(if $pattern[.key] == "#" and (.value | test("^[0-9]+$")) then "#" else .value end)) == $pattern and $envelope.field != null;
  def is_of: # whether the response is one of the operation: a step may send another method, or send to another path
    (.path | split("/")) as $own | ($exchange.path | split("?")[0] | split("/")) as $sent
    | .method == $exchange.method and ($own | length) == ($sent | length)
      and all(range($own | length); $own[.] == $sent[.] or ($own[.] | contains("{")));
  def observed: if $code != null then "\($code) (\($status))" elif $success then "success (\($status))" else "\($status) without a readable error code" end;

  # ---- internals of the server that an error discloses
  def letters: gsub("\\\\x[0-9a-fA-F]{2}|\\\\u[0-9a-fA-F]{4}|&#?\\w{1,8};|%[0-9a-fA-F]{2}"; " ") | ascii_downcase | gsub("[^a-z0-9]"; "");
  def leaks:
    [(if ($json | length) == 0 then $body else $json[0] | .. | (strings, (objects | keys[])) end), $headers[].value] as $texts
    | (env.credential_sent // "") as $credential
    | ($texts[] | gsub("[\r\n]"; "") | select(($credential | length) >= 6 and contains($credential)) | found("no-leak"; "no credential"; "the credential that was sent")),
      (if ($facts.leaks | length) == 0 then empty else
        ([$sent, $exchange.path] | map(letters)) as $submitted
        | $texts[] | gsub("\\b(?:https?|wss?)://[^\\s\"'<>]+"; " ") as $shown
        | first($facts.leaks[] as $leak
            | [$shown | match($leak[1]; "g").string | . as $string | select((letters | length) >= 3)
               | select(any($submitted[]; contains($string | letters)) | not)]
            | select(length > 0) | found("no-leak"; "no internal details, such as " + $leak[0]; .[0] | tojson))
       end);

  # ---- times in the future: ["in", seconds from now] or ["at", Unix time]
  def http_date: try (strptime("%a, %d %b %Y %H:%M:%S GMT") | mktime) catch empty;
  def announced:
    if $limit.retry_after == null then []
    else [(if $limit.seconds then integer($limit.retry_after)[] | ["in", .] else empty end),
          (if $limit.dates then header($limit.retry_after)[] | http_date | ["at", .] else empty end)] | .[:1] end;
  def agree($one; $other; $tolerance):
    def near($difference): $difference <= $tolerance and $difference >= -$tolerance;
    if $one[0] == $other[0] then near($one[1] - $other[1])
    else (if $one[0] == "in" then [$one[1], $other[1]] else [$other[1], $one[1]] end) as $pair
      | any([$exchange.started, $exchange.finished], (header("date")[] | http_date | [., .]);
          $pair[1] >= .[0] + $pair[0] - $tolerance and $pair[1] <= .[1] + $pair[0] + $tolerance) end;

  # Details of the wrong type are reported as such, and not searched.
  def details_misfit: $envelope.details != null and any(envelope_misfits; .[0] == ($envelope.details | pointer));

  # ---- the checks, by name
  def checks:
    (if $error then
      (if $head_only then empty elif ($json | length) == 0 then found("envelope-present"; "a JSON object"; if $body == "" then "no body" else "no JSON: " + ($body | plain) end)
       else
        ([$envelope | .code, .message, .status, .details, .field, .retry_delay | values | pointer]) as $own
        | [envelope_misfits] | unique_by(.[0])[] | . as $misfit
        | (if ($own | index($misfit[0])) == null and ($misfit[0] | is_field | not) then "envelope-present"
           elif ($has_envelope | not) then empty
           elif $misfit[0] == ($envelope.code | pointer) then (if $facts.checks["code-registered"] == null then "envelope-present" else empty end)
           elif $misfit[0] == ($envelope.message | pointer) then "message-present"
           elif $envelope.status != null and $misfit[0] == ($envelope.status | pointer) then "status-in-body"
           elif $envelope.details != null and $misfit[0] == ($envelope.details | pointer) then "details-are-text"
           elif $envelope.field != null and ($misfit[0] | is_field) then "field-names-member"
           elif $envelope.retry_delay != null and $misfit[0] == ($envelope.retry_delay | pointer) and ($requires_delay or $facts.checks["retry-delay-present"] == null) then "retry-delay-present"
           else empty end)
        | (if $facts.checks[.] == null then "envelope-present" else . end) as $check
        | found($check; $misfit[1] + " at " + $misfit[0]; $misfit[2]) end),
      (if $has_envelope and $entry == null then found("code-registered"; "a published error code"; part($envelope.code) | shown) else empty end),
      (if $has_envelope and $envelope.status != null then
        part($envelope.status)[] | select(. != $status and . != "\($status)")
          | found("status-in-body"; "\($status), as in the status line"; tojson)
       else empty end),
      (if $has_envelope and $envelope.field != null then
        [$json[0] | all_at($envelope.field)] as $fields
        | if any($fields[]; type != "string") then empty
          elif $names_field then (if any($fields[]; . == $at_fault) then empty else found("field-names-member"; $at_fault | tojson; $fields[:1] | shown) end)
          else first($fields[] | select(test($envelope.bad_field)) | . as $name | select($sent | contains($name | tojson) | not)
            | found("field-names-member"; $envelope.field_form; $name | tojson)) end
       else empty end),
      (if $has_envelope then
        ($facts.documented[] | .[0] as $place | .[1] as $names | part($place) | map(select(type == "object"))[] | keys[]
          | . as $name | select($names | index($name) == null) | found("no-undocumented-members"; "only " + ($names | join(", ")); "a member " + ($name | tojson))),
        (if $entry != null and ($requires_delay | not) and (part($envelope.retry_delay) | length) == 1
         then found("no-undocumented-members"; "no retry delay on " + $code; "a retry delay") else empty end)
       else empty end),
      (if $head_only or (header("content-type")[0] // "" | split(";")[0] // "" | gsub("[ \t]"; "") | ascii_downcase) == ($envelope.media_type | ascii_downcase) then empty
       else found("error-media-type"; $envelope.media_type; header("content-type") | quoted) end),
      (if $exchange.mark then found("strict-json"; "JSON without a byte order mark"; "a byte order mark") else empty end),
      (if $exchange.utf8 or $body == "" then empty else found("strict-json"; "UTF-8"; "other bytes") end),
      (if $exchange.twice then found("strict-json"; "each member once"; "the same member twice") else empty end),
      (if $facts.request_id != null and ($request_id | map(select(. != "")) | length) == 0 then found("request-id-present"; $facts.request_id + ": an id"; $request_id | quoted) else empty end),
      leaks
    else empty end),
    (if $success then
      (if ($json | length) == 1 and (($envelope.envelope != [] and (part($envelope.envelope) | map(type) == ["object"])) or (code_of | map($facts.codes[.] != null) | any))
       then found("success-without-error"; "no error envelope"; part($envelope.envelope) | shown) else empty end),
      ($facts.operations[$exchange.operation] | select(is_of and $code == null) | . as $operation
        | ([$operation.all[] | select(.status == "\($status)")] + [$operation.all[] | select(.status == "2xx")]) as $fitting
        | (if ($fitting | length) > 0 then empty else found("success-status"; "\($operation.success) for \($exchange.operation)"; "\($status)") end),
          (($fitting + $operation.all)[:1][] | .schema | select(. != null and $status != 204 and ($head_only | not)) as $schema
            | if ($json | length) == 0 then found("success-body"; "a JSON body"; "no JSON")
              else $json[0] | misfits($schema; []) | found("success-body"; .[1] + " at " + .[0]; .[2]) end)),
      (if $status == 204 and ($head_only | not) and (header("content-length") | map(select(test("^0+$") | not)) | length) > 0 then found("no-content-is-empty"; "no body"; "a body") else empty end)
    else empty end),
    (if $facts.statuses | index($status) then empty else found("status-documented"; "one of " + ($facts.statuses | map(tostring) | join(", ")); "\($status)") end),
    (if $entry == null then empty
     elif $entry.log then found("status-matches-code"; $code + " only in delivery logs"; "\($code) with \($status)")
     elif $entry.status | index($status) | not then found("status-matches-code"; "\($code) with \($entry.status | map(tostring) | join(" or "))"; "\($code) with \($status)")
     else empty end),
    ($facts.headers[] | . as $want
      | select(any($want.status[]; has_status) or any($want.code[]; . == $code))
      | select(($want.operation | length) == 0 or (($want.operation | index($exchange.operation)) != null
          and ($head_only | not) and ($facts.operations[$exchange.operation] | is_of)))
      | fields($want.name) as $values
      | select(any($values[]; (if test("^-?[0-9]+$") then tonumber else null end) as $number
          | ($want.equals == null or . == $want.equals)
            and ($want.contains == null or contains($want.contains))
            and ($want.matches == null or test($want.matches))
            and ($want.below == null or $number != null and $number < $want.below)
            and ($want.at_least == null or $number != null and $number >= $want.at_least)) | not)
      | found("required-headers"; $want.name + ": " + ($want | del(.name, .status, .code, .operation) | with_entries(select(.value != null)) | tojson); $values[:1] | quoted)),
    (if $entry != null and $entry.details_contain == "expiry" and (details_misfit | not) then
      (part($envelope.details) | map(select(type == "string"))) as $details
      | [$details[] | match("\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:[Zz]|[+-]\\d{2}:\\d{2})"; "g").string] as $times
      | [$times[] | select(test("[Zz]$")) | gsub("\\.\\d+"; "") | gsub(" |t"; "T") | gsub("z"; "Z") | fromdateiso8601] as $seconds
      | if ($times | length) == 0 then found("expiry-named"; "a time as RFC 3339"; $details | shown)
        elif $exchange.expiry != null and ($seconds | length) == ($times | length) and (any($seconds[]; . - $exchange.expiry | . >= -1 and . <= 1) | not)
        then found("expiry-named"; "the time " + ($exchange.expiry | floor | todate); $details | shown) else empty end
     else empty end),
    (if $entry != null and $entry.details_contain == "request-id" and ($request_id | length) == 1 and $request_id[0] != ""
        and (details_misfit | not) then
      (part($envelope.details) | map(select(type == "string"))) as $details
      | if any($details[]; [scan("[A-Za-z0-9_-]+")] | index($request_id[0])) or any($details[]; contains($request_id[0]) and ($request_id[0] | test("^[A-Za-z0-9_-]+$") | not)) then empty
        else found("request-id-in-details"; "the request id " + ($request_id[0] | tojson); $details | shown) end
     else empty end),
    (if ($exchange.replays | not) and ($request_id | length) == 1 and $request_id[0] != "" and ($ids | split("\n") | index($request_id[0]))
     then found("request-id-unique"; "a unique id"; ($request_id[0] | tojson) + ", already used by another response") else empty end),
    (if $limited then
      ([$limit.limit, $limit.remaining, $limit.reset | values][] | . as $name
        | if integer($name) | length == 1 then empty else found("rate-limit-headers"; $name + ": an integer"; header($name) | quoted) end),
      ($limit.retry_after | values | if announced | map(select(.[0] == "at" or .[1] >= 0)) | length == 1 then empty else found("rate-limit-headers"; $limit.retry_after + ": " + $limit.form; header($limit.retry_after) | quoted) end),
      ($limit.remaining | values | integer(.)[] | select(. != 0) | found("remaining-is-zero"; "0"; tostring)),
      (part($envelope.retry_delay)[] | select(type == "number" and . == floor) as $delay | announced[] as $announced
        | if agree(["in", $delay]; $announced; $limit.retry_tolerance) then empty else found("retry-delay-agrees"; "\($delay), as in the body"; "\($announced[1])") end),
      ($limit.reset | values | integer(.)[] | [(if $limit.reset_is_delay then "in" else "at" end), .] as $reset | announced[] as $announced
        | if agree($announced; $reset; $limit.reset_tolerance) then empty else found("reset-agrees"; "\($announced[1]) from \($exchange.finished)"; "\($reset[1])") end)
    else empty end);

  # ---- the step's own expectation
  ($exchange.expect) as $expect
| def broken($expected; $actual): ["found", $expect.level, $expect.clause, "expectation", $expected, $actual];
  def accepted:
    [(if $expect.success then "success (\($facts.operations[$exchange.operation].success))" else empty end),
     ($expect.status[] | "status \(.)"),
     ($expect.error[] | if $facts.codes[.].status != [] then "\(.) (\($facts.codes[.].status | map(tostring) | join(" or ")))" else . end),
     (if $expect.any_refusal then "any documented refusal (400 to 499)" else empty end),
     (if $expect.any_documented then "any documented response but a server error" else empty end),
     (if ($expect.not_error | length) > 0 then "anything but " + ($expect.not_error | join(" or ")) else empty end)] | join(" or ");
  def among($codes): $code != null and ($codes | index($code) != null);
  def outcome: # accepted, tolerated, unreadable or wrong
    if $expect.only_status then "accepted"
    elif $success and $code == null then
      (if $expect.success or $expect.any_documented or ($expect.not_error | length) > 0 then "accepted" else "wrong" end)
    elif among($expect.error) or ($head_only and any($expect.error[]; $facts.codes[.].status | index($status))) then "accepted"
    elif among($expect.tolerate) then "tolerated"
    elif ($expect.any_documented or $expect.any_refusal) and ($error or $success) and $status < 500 and ($entry != null or ($expect.in_envelope | not)) then "accepted"
    elif ($expect.not_error | length) > 0 then (if among($expect.not_error) then "wrong" else "accepted" end)
    elif $entry == null and any($expect.error[]; $facts.codes[.].status | index($status)) and ($expect.in_envelope | not) then "unreadable"
    else "wrong" end;
  def bound: if . == null then null else tostring | try tonumber catch "none" end;
  def further:
    (if ($expect.status | length) > 0 and (any($expect.status[]; has_status) | not)
     then broken($expect.status | join(" or "); observed) else empty end),
    ($expect.body[] | .[0] as $tokens | .[1] as $want | part($tokens)
      | select((fits($want) | not) or (length == 0 and ($want | type) == "object" and ($want | has("$not"))))
      | if length == 0 and any(checks; .[3] == "success-body" and (.[4] | endswith(" at " + ($tokens | pointer)))) then ["unclear"]
        else broken(($want | tojson) + " at " + ($tokens | pointer); shown) end),
    ($expect.headers[] | . as $want | header($want.name) as $sent_header | (integer($want.name)[0]) as $number
      | (if ($sent_header | length) == 0 then $want.optional or $want.present == false
         else $want.present != false
           and ($want.equals == null or $sent_header[0] == ($want.equals | tostring))
           and ($want.contains == null or ($sent_header[0] | contains($want.contains | tostring)))
           and ($want.matches == null or ($sent_header[0] | test($want.matches)))
           and (($want.below | bound) as $bound | if $bound == null then true elif $bound == "none" then $want.optional else $number != null and $number < $bound end)
           and (($want.at_least | bound) as $bound | if $bound == null then true elif $bound == "none" then $want.optional else $number != null and $number >= $bound - $want.tolerance end)
         end) as $good
      | select($good | not)
      | broken($want.name + ": " + ($want | del(.name, .optional) | with_entries(select(.value != null and .value != 0)) | tojson); $sent_header | quoted)),
    (if $expect.same_as then
      (if $exchange.earlier_status != $status then broken("\($exchange.earlier_status), as in the earlier response"; "\($status)")
       elif ($earlier | ltrimstr("\ufeff") | try [fromjson] catch []) != $json then broken("the same body as in the earlier response"; $body | plain)
       else empty end)
     else empty end);
  [checks] as $checked
| (if $expect == null then []
   else outcome as $outcome
    | if $outcome == "wrong" then [broken(accepted; observed)]
      elif $outcome == "unreadable" then [["unclear"]]
      else (if $outcome == "tolerated" then [["found", "SHOULD", $expect.clause, "expectation", "preferably " + ($expect.error | join(" or ")), "\($code), which is tolerated"]] else [] end) + [further]
      end end) as $asserted
| (if $expect != null and $expect.asserts_field then [$checked[] | select(.[3] == "field-names-member") | .[2] = $expect.clause | .[1] = $expect.level] else [] end) as $field_findings
| ["actual", observed],
  ["effect", if $success and $code == null then "success" else "refusal" end],
  ($checked + $field_findings + ($asserted | map(select(.[0] == "found"))))[],
  ["holds", (if any($asserted[]; .[0] == "found" and .[1] != "SHOULD") then "no" elif any($asserted[]; .[0] == "unclear") then "unclear" else "yes" end)]
| map(tostring | plain) | join("\u001f")
