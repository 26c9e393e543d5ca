//! Which application permissions let a request pass, and their ids in every tenant.
//!
//! <https://learn.microsoft.com/graph/permissions-reference>

use crate::sandbox::operation::Operation;

/// Application permissions and the ids of their app roles.
pub(super) const APP_ROLES: [(&str, &str); 23] = [
    ("User.ReadWrite.All", "741f803b-c850-494e-b5df-cde7c675a1ca"),
    ("User.ReadBasic.All", "97235f07-e226-4f63-ace3-39588e11d3a1"),
    ("User.Read.All", "df021288-bdef-4463-88db-98f22de89214"),
    ("User-PasswordProfile.ReadWrite.All", "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7"),
    ("User.EnableDisableAccount.All", "3011c876-62b7-4ada-afa2-506cbbecc68c"),
    ("User.DeleteRestore.All", "eccc023d-eccf-4e7b-9683-8813ab36cecc"),
    ("User.RevokeSessions.All", "77f3a031-c388-4f99-b373-dc68676a979e"),
    ("LicenseAssignment.ReadWrite.All", "5facf0c1-8979-4e95-abcf-ff3d079771c0"),
    ("Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6"),
    ("Domain.Read.All", "dbb9058a-0e50-45d7-ae91-66909b5d4664"),
    ("GroupMember.Read.All", "98830695-27a2-44f7-8c18-0c3ebc9698f6"),
    ("GroupMember.ReadWrite.All", "dbaae8cf-10b5-4b86-a4a1-f871c94c6695"),
    ("Group.Create", "bf7b1a76-6e77-406b-b258-bf5c7720e98f"),
    ("Group.ReadWrite.All", "62a82d76-70ea-41e2-9197-370581804d09"),
    ("Group.ReadBasic.All", "07d67222-3a10-4d3b-9ddc-b8aa43198a00"),
    ("GroupMember.ReadBasic.All", "8222c640-cae5-4860-8d11-b32cfad95e03"),
    ("Application.Read.All", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"),
    ("Application.ReadWrite.All", "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"),
    ("AppRoleAssignment.ReadWrite.All", "06b708a9-e830-4db3-a914-8e69da51d44f"),
    ("Directory.Read.All", "7ab1d382-f21e-4acd-a863-ba3e13f7da61"),
    ("Directory.ReadWrite.All", "19dbc75e-c2e2-444c-a770-ec69d8559fc7"),
    ("Policy.Read.All", "246dd0d5-5bd0-4def-940b-0421030a5b68"),
    ("Mail.Send", "b633e1c5-b582-4048-a93e-9f11b44c7e96"),
];

/// Every one of these permissions allows the operation. `changed` names what an update changes.
fn allowing(operation: Operation, changed: &[&str]) -> &'static [&'static str] {
    use Operation as O;
    match operation {
        O::CreateUser => &["User.ReadWrite.All", "Directory.ReadWrite.All"],
        O::UpdateUser if changed == ["passwordProfile"] => &[PASSWORDS],
        O::UpdateUser if changed == ["accountEnabled"] => {
            &["User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.ReadWrite.All"]
        }
        O::UpdateUser => &["User.ReadWrite.All", "Directory.ReadWrite.All"],
        O::GetUser | O::ListUsers | O::CountUsers => &[
            "User.Read.All",
            "User.ReadWrite.All",
            "User.ReadBasic.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        O::LicenseDetails => &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"],
        O::DeleteUser => &["User.DeleteRestore.All", "User.ReadWrite.All"],
        O::ListDeleted | O::GetDeleted => {
            &["User.Read.All", "User.ReadWrite.All", "User.DeleteRestore.All", "Directory.Read.All"]
        }
        O::RestoreDeleted | O::PurgeDeleted => &["User.DeleteRestore.All", "User.ReadWrite.All"],
        O::RevokeSessions => &["User.RevokeSessions.All", "User.ReadWrite.All"],
        O::AssignLicense => {
            &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"]
        }
        O::AddMember | O::RemoveMember => {
            &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"]
        }
        O::AddOwner | O::RemoveOwner => &["Group.ReadWrite.All", "Directory.ReadWrite.All"],
        O::ListMembers | O::ListOwners | O::MemberOf | O::ListGroups | O::GetGroup => &[
            "GroupMember.Read.All",
            "GroupMember.ReadWrite.All",
            "GroupMember.ReadBasic.All",
            "Group.ReadBasic.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        O::ListSkus | O::GetOrganization => {
            &["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"]
        }
        O::GetPolicy => &["Policy.Read.All"],
        O::ListGroupSettings => &["Directory.Read.All", "Directory.ReadWrite.All"],
        O::ListDomains => &["Domain.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
        O::ListServicePrincipals | O::ListAppRoles | O::ListApplications | O::GetApplication => &[
            "Application.Read.All",
            "Application.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        O::CreateApplication | O::UpdateApplication | O::CreateServicePrincipal => {
            &["Application.ReadWrite.All"]
        }
        O::GrantAppRole => &["AppRoleAssignment.ReadWrite.All"],
        _ => &[],
    }
}

/// What it takes to set a password: no permission to write users is enough without a directory role, which
/// this application does not have.
///
/// <https://learn.microsoft.com/graph/api/user-update>
const PASSWORDS: &str = "User-PasswordProfile.ReadWrite.All";

/// Whether the roles allow the operation.
pub(super) fn allows(roles: &[String], operation: Operation, changed: &[&str]) -> bool {
    let has = |name: &&str| roles.iter().any(|role| role == name);
    let sets_password = operation == Operation::UpdateUser && changed.contains(&"passwordProfile");
    operation == Operation::Batch
        || (allowing(operation, changed).iter().any(has) && (!sets_password || has(&PASSWORDS)))
}
