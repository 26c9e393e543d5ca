<#
.SYNOPSIS
Lets accountcreator send mail from one mailbox of Exchange Online, and from no other.

.DESCRIPTION
Written by `accountcreator setup`, which updates it when the configuration has changed. It holds no secret.

It needs the module ExchangeOnlineManagement (Install-Module ExchangeOnlineManagement) and a sign-in as Exchange
Administrator in the directory {{ app.tenant }}. It can be run again: what is there already stays, and nothing is
made twice. After a change of the mailbox it moves the scope to the new one.

Exchange can take from 30 minutes to 2 hours until the application may send. Leave the application alone meanwhile: its
attempts can prolong this.

.PARAMETER AppId
The application (client) id of the app registration.

.PARAMETER ObjectId
The object id of the ENTERPRISE APPLICATION (service principal). The app registration has an object id of its own, which
is wrong here: with it every login is refused. Read it in one of these ways:
  az ad sp show --id CLIENT-ID --query id --output tsv
  (Get-MgServicePrincipal -Filter "appId eq 'CLIENT-ID'").Id
  {{ app.portal }}: Entra ID > Enterprise applications > All applications, the application, Object ID
entra-setup.sh prints it, too.
#>
[CmdletBinding()]
param(
{%- if app.client_id.is_empty() %}
    [Parameter(Mandatory)] [guid] $AppId,
{%- else %}
    [guid] $AppId = {{ app.client_id|ps }},
{%- endif %}
    [Parameter(Mandatory, HelpMessage = 'Object id of the enterprise application, not of the app registration')]
    [guid] $ObjectId
)

$ErrorActionPreference = 'Stop'

$Mailbox = {{ exchange.mailbox|ps }}
$Role = {{ exchange.role()|ps }}
$DisplayName = {{ app.name|ps }}
$ScopeName = "accountcreator $AppId"
$AssignmentName = "accountcreator {{ exchange.way() }} $AppId"

Connect-ExchangeOnline -ExchangeEnvironmentName {{ exchange.environment() }} -ShowBanner:$false

# The mailbox, as Exchange knows it: a user's or a shared one.
$address = [string] (Get-EXOMailbox -Identity $Mailbox).PrimarySmtpAddress

# The service principal: the application in Exchange.
$principal = Get-ServicePrincipal | Where-Object { [string] $_.AppId -eq [string] $AppId }
if (-not $principal) {
    New-ServicePrincipal -AppId $AppId -ObjectId $ObjectId -DisplayName $DisplayName | Out-Null
    Write-Output "made the service principal of $AppId"
}
elseif ([string] $principal.ObjectId -ne [string] $ObjectId) {
    throw ("Exchange has the application with the object id $($principal.ObjectId). If $ObjectId is that of the " +
        "enterprise application, remove the other by: Remove-ServicePrincipal -Identity $($principal.ObjectId)")
}

# The scope holds this mailbox alone.
$filter = "PrimarySmtpAddress -eq '$($address.Replace("'", "''"))'"
$scope = Get-ManagementScope | Where-Object { $_.Name -eq $ScopeName }
if (-not $scope) {
    New-ManagementScope -Name $ScopeName -RecipientRestrictionFilter $filter | Out-Null
    Write-Output "made the scope '$ScopeName' with the mailbox $address"
}
elseif ([string] $scope.RecipientFilter -ne $filter) {
    Set-ManagementScope -Identity $ScopeName -RecipientRestrictionFilter $filter
    Write-Output "the scope '$ScopeName' has the mailbox $address"
}

# The right to send, within the scope.
{%- if exchange.by_smtp %} It needs no permission in Entra.
{%- else %} Do not grant Mail.Send in Entra as well: rights add up, and there it holds
# for every mailbox.
{%- endif %}
$assignments = Get-ManagementRoleAssignment | Where-Object { $_.Name -like "accountcreator * $AppId" }
if (-not ($assignments | Where-Object { $_.Name -eq $AssignmentName })) {
    New-ManagementRoleAssignment -Name $AssignmentName -Role $Role -App $AppId -CustomResourceScope $ScopeName | Out-Null
    Write-Output "assigned the role '$Role'"
}
$assignments | Where-Object { $_.Name -ne $AssignmentName } | ForEach-Object {
    Write-Warning "'$($_.Name)' is not needed any more; remove it by: Remove-ManagementRoleAssignment '$($_.Name)'"
}
{%- if exchange.by_smtp %}

# Logins by SMTP (SMTP AUTH) follow the organization's setting unless they are switched on for the mailbox. Security
# defaults of the directory or an authentication policy can still forbid them.
if ((Get-CASMailbox -Identity $address).SmtpClientAuthenticationDisabled -ne $false) {
    Set-CASMailbox -Identity $address -SmtpClientAuthenticationDisabled $false
    Write-Output "switched SMTP AUTH on for $address"
}
{%- endif %}

# This test does not wait for caches to expire.
$granted = Test-ServicePrincipalAuthorization -Identity $ObjectId -Resource $address |
    Where-Object { $_.RoleName -eq $Role -and $_.InScope }
if (-not $granted) {
    throw "the application does not have the role '$Role' for $address"
}
Write-Output "the application has the role '$Role' for $address; Exchange may need up to 2 hours to apply it"
Write-Output 'then, on the machine of the service: accountcreator doctor --send-to YOUR-ADDRESS'
