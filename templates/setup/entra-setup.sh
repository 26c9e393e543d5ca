#!/usr/bin/env bash
# The app registration of accountcreator in Microsoft Entra: made, or brought up to date.
#
# Written by `accountcreator setup`, which writes it anew when the configuration has changed. It holds no secret, and
# needs nothing but the Azure command line (az): it may run elsewhere, such as in a cloud shell, by somebody who may
# register applications and consent to their permissions (a Privileged Role Administrator). It can be run again: nothing
# is made twice, and roles, redirect URIs and certificates that are there stay. The declared permissions become those
# below and no others; what was granted is not taken back.
#
# Everything goes through `az rest`: `az ad` asks another Graph than that of the Department of Defense, and its
# `admin-consent` knows the public cloud alone.
#
# shellcheck disable=SC2016  # backticks are JMESPath's
set -euo pipefail

cloud={{ app.cloud|sh }}
host={{ app.graph|sh }}
tenant={{ app.tenant|sh }}
name={{ app.name|sh }}
client_id={{ app.client_id|sh }}
find={{ app.filter()|sh }}
redirect={{ app.redirect|sh }}
role={{ app.role|sh }}
microsoft_graph={{ app.graph_app()|sh }}

# Application permissions of Microsoft Graph: these and no others.
needed={{ app.needed()|sh }}
permission_name() {
    case $1 in
{%- for permission in app.permissions %}
    {{ permission.app_role() }}) echo {{ permission.name() }} ;;
{%- endfor %}
    esac
}

# The registration as it begins; and what is added to one that lacks it.
application={{ application|sh }}
permissions={{ permissions|sh }}
add_role={{ add_role|sh }}
add_redirect={{ add_redirect|sh }}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# graph METHOD PATH [ARGUMENT...]: a request to the cloud's Graph.
graph() {
    az rest --only-show-errors --resource "$host/" --method "$1" --url "$host/v1.0/$2" "${@:3}"
}

# What was made a moment ago is not known everywhere at once.
patiently() {
    local try
    for ((try = 1; try <= 20; try++)); do
        "$@" 2>"$work/refusal" && return
        grep -Eiq 'not exist|not found|NotFound|does not reference|NoBackingApplication' "$work/refusal" || break
        sleep 3
    done
    cat "$work/refusal" >&2
    return 1
}

# has WORD LINES: whether one of the lines is the word.
has() {
    grep -Fixq -- "$1" <<<"$2"
}

sign_in() {
    command -v az >/dev/null || fail 'the Azure command line (az) is missing: https://aka.ms/azure-cli'
    [[ $(az cloud show --query name --output tsv) == "$cloud" ]] || az cloud set --only-show-errors --name "$cloud"
    local remedy="az login --tenant $tenant --allow-no-subscriptions" directory domains
    directory=$(az account show --query tenantId --output tsv 2>/dev/null) || fail "sign in first: $remedy"
    has "$tenant" "$directory" && return
    domains=$(graph get 'organization?$select=verifiedDomains' --query 'value[].verifiedDomains[].name' --output tsv)
    has "$tenant" "$domains" || fail "you are signed in to another directory: $remedy"
}

# Sets app, the object id, and client_id.
find_or_make_application() {
    local found
    found=$(graph get "applications?\$filter=$find&\$select=id,appId" --query 'value[].[id, appId]' --output tsv)
    if [[ -z $found ]]; then
        [[ -z $client_id ]] || fail "there is no app registration with the client id $client_id in this directory"
        printf '%s' "$application" >"$work/application.json"
        found=$(graph post applications --body "@$work/application.json" --query '[[id, appId]]' --output tsv)
        echo "made the app registration $name"
    elif [[ $found == *$'\n'* ]]; then
        fail "several app registrations are named $name: choose one by \`accountcreator setup --client-id\`"
    fi
    read -r app client_id <<<"$found"
}

# current PROPERTIES QUERY: what the registration has.
current() {
    patiently graph get "applications/$app?\$select=$1" --query "$2" --output tsv
}

# change PROPERTIES QUERY: makes a body of what the registration has, and writes it back.
change() {
    patiently graph get "applications/$app?\$select=$1" --query "$2" --output json >"$work/change.json"
    patch
}

patch() {
    patiently graph patch "applications/$app" --body "@$work/change.json" --output none
}

bring_up_to_date() {
    local known
    known=$(current requiredResourceAccess 'requiredResourceAccess[].resourceAccess[].id' | sort | xargs)
    if [[ $known != "$needed" ]]; then
        printf '{"requiredResourceAccess": %s}' "$permissions" >"$work/change.json"
        patch
        echo 'declared the permissions'
    fi
    known=$(current appRoles 'appRoles[].value')
    if ! has "$role" "$known"; then
        change appRoles "$add_role"
        echo "added the app role $role"
    fi
    known=$(current web 'web.redirectUris')
    if [[ -n $redirect ]] && ! has "$redirect" "$known"; then
        change web "$add_redirect"
        echo "added the redirect URI $redirect"
    fi
    # The certificate in use and, while they change, the next.
{%- for certificate in app.certificates %}
    have_certificate {{ certificate.thumbprint|sh }} {{ certificate.thumbprint_base64|sh }} \
        {{ certificate.addition|sh }}
{%- endfor %}
}

# have_certificate THUMBPRINT BASE64 ADDITION: adds it where neither form of its thumbprint is listed.
have_certificate() {
    local known
    known=$(current keyCredentials 'keyCredentials[].customKeyIdentifier')
    if ! has "$1" "$known" && ! has "$2" "$known"; then
        change keyCredentials "$3"
        echo "added the certificate $1"
    fi
}

# service_principal CLIENT_ID: its object id, if there is one.
service_principal() {
    graph get "servicePrincipals?\$filter=appId%20eq%20'$1'&\$select=id" --query 'value[].id' --output tsv
}

# The consent of an administrator is nothing but these assignments. Sets principal, the enterprise application's object id.
grant_permissions() {
    local id granted resource
    principal=$(service_principal "$client_id")
    if [[ -z $principal ]]; then
        printf '{"appId": "%s"}' "$client_id" >"$work/principal.json"
        principal=$(patiently graph post servicePrincipals --body "@$work/principal.json" --query id --output tsv)
        echo 'made its service principal'
    fi
    resource=$(service_principal "$microsoft_graph")
    granted=$(patiently graph get "servicePrincipals/$principal/appRoleAssignments" \
        --query "value[?resourceId=='$resource'].appRoleId" --output tsv)
    for id in $needed; do
        has "$id" "$granted" && continue
        printf '{"principalId": "%s", "resourceId": "%s", "appRoleId": "%s"}' "$principal" "$resource" "$id" \
            >"$work/grant.json"
        patiently graph post "servicePrincipals/$resource/appRoleAssignedTo" --body "@$work/grant.json" --output none \
            || fail "$(permission_name "$id") was not granted: a Privileged Role Administrator may run this again"
        echo "granted $(permission_name "$id")"
    done
}

sign_in
find_or_make_application
bring_up_to_date
grant_permissions
printf '\nthe app registration is ready. client id: %s\n' "$client_id"
{%- if has_exchange %}
printf 'for exchange-setup.ps1: -AppId %s -ObjectId %s\n' "$client_id" "$principal"
{%- endif %}
{%- if app.client_id.is_empty() %}
printf 'on the machine of the service: accountcreator setup --dir %q --client-id %s\n' {{ app.dir|sh }} "$client_id"
{%- endif %}
