#!/usr/bin/env bash
# Stands in for az: notes each call, keeps a directory in files, and answers as az does.
set -euo pipefail
cd "$AZ_STATE"
printf '%s\n' "$*" >>calls

option() { # NAME: the value that follows it
    local before=''
    for word in "${all[@]}"; do
        [[ $before == "$1" ]] && printf '%s' "$word" && return
        before=$word
    done
}
refuse() {
    printf 'ERROR: %s\n' "$*" >&2
    exit 1
}
show() { # the file, if there is one, through a pattern that finds values
    [[ ! -e $1 ]] || grep -oE "$2" "$1" | sed -E 's/.*"([^"]*)"$/\1/'
}

all=("$@")
case "$1 $2" in
'cloud show') cat cloud && exit ;;
'cloud set') option --name >cloud && exit ;;
'account show') [[ -e signed-in ]] && cat signed-in && exit || refuse "Please run 'az login' to setup account." ;;
esac
[[ $1 == rest ]] || refuse "unexpected: $*"

method=$(option --method) url=$(option --url) body=$(option --body) query=$(option --query)
if [[ -n $body ]]; then
    number=$(find . -name 'body-*' | wc -l)
    cp "${body#@}" "body-$number.json"
fi
body=${body#@}
path=${url#*/v1.0/}
case "$method $path" in
'get organization?$select=verifiedDomains') cat domains ;;
"get applications?"*)
    [[ ! -e app ]] || for _ in $(seq "$(cat app)"); do printf 'object-1\tclient-1\n'; done
    ;;
'post applications')
    echo 1 >app
    printf 'object-1\tclient-1\n'
    ;;
'get applications/object-1?$select=requiredResourceAccess') show requiredResourceAccess '"id": ?"[^"]*"' ;;
'get applications/object-1?$select='*)
    property=${path##*=}
    if [[ $query == '{'* ]]; then
        # What there is, and the literal of the expression.
        added=${query#*'`['} added=${added%']`'*}
        there=$(cat "there-$property" 2>/dev/null || true)
        case $property in
        web) printf '{"web": {"redirectUris": [%s%s]}}' "$there" "$added" ;;
        *) printf '{"%s": [%s%s]}' "$property" "$there" "$added" ;;
        esac
        printf '%s, ' "$there$added" >"next-$property"
    else
        case $property in
        appRoles) show there-appRoles '"value": ?"[^"]*"' ;;
        web) show there-web '"[^"]*"' ;;
        keyCredentials) [[ ! -e there-keyCredentials ]] || cat thumbprint ;;
        esac
    fi
    ;;
'patch applications/object-1')
    case $(cat "$body") in
    '{"requiredResourceAccess"'*) cp "$body" requiredResourceAccess ;;
    *) for next in next-*; do mv "$next" "there-${next#next-}"; done ;;
    esac
    ;;
"get servicePrincipals?"*00000003-0000-0000-c000-000000000000*) echo graph-1 ;;
"get servicePrincipals?"*) [[ ! -e principal ]] || cat principal ;;
'post servicePrincipals')
    # Not everywhere yet, the first time.
    [[ -e tried ]] || { touch tried && refuse 'Resource client-1 does not exist or one of its queried references.'; }
    echo principal-1 | tee principal
    ;;
'get servicePrincipals/principal-1/appRoleAssignments') [[ ! -e grants ]] || cat grants ;;
'post servicePrincipals/graph-1/appRoleAssignedTo')
    [[ ! -e unprivileged ]] || refuse 'Forbidden({"error":{"code":"Authorization_RequestDenied"}})'
    show "$body" '"appRoleId": ?"[^"]*"' >>grants
    ;;
*) refuse "unexpected: $method $path" ;;
esac
