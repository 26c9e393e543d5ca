//! Policies of the tenant that reach past this service, where the application may read them.

use super::{
    finding::{Area, Finding},
    tenant::unseen,
};
use crate::graph::{ErrorKind, Graph, Permission, SelfSignUp};

pub(super) async fn check(graph: &Graph) -> Vec<Finding> {
    let (sign_up, defaults, naming) =
        tokio::join!(graph.self_sign_up(), graph.security_defaults(), graph.group_naming());
    let mut findings = vec![match sign_up {
        Ok(policy) => judge_sign_up(policy),
        Err(error) => unseen(Area::Policy, "Microsoft's own sign-up", &error, Permission::Policies),
    }];
    match defaults {
        Ok(is_on) => findings.push(judge_defaults(is_on)),
        // It takes the permission that was reported above.
        Err(error) if error.kind == ErrorKind::Forbidden => {}
        Err(error) => {
            findings.push(unseen(Area::Policy, "the security defaults", &error, Permission::Policies));
        }
    }
    // The rule concerns groups that people make. Only applications that read the directory may see it.
    if let Ok(Some(rule)) = naming {
        findings.push(Finding::ok(
            Area::Policy,
            format!(
                "groups that people make are named `{}`; {} words are blocked",
                rule.pattern, rule.blocked
            ),
        ));
    }
    findings
}

/// <https://learn.microsoft.com/entra/identity/users/directory-self-service-signup>
fn judge_sign_up(policy: SelfSignUp) -> Finding {
    if !policy.is_open() {
        return Finding::ok(Area::Policy, "people cannot join the tenant by Microsoft's own sign-up");
    }
    Finding::warning(
        Area::Policy,
        "whoever has an address of a verified domain can join the tenant at Microsoft's own page and take a free \
         licence, past the rules of this service",
        "close it: Update-MgPolicyAuthorizationPolicy -AllowEmailVerifiedUsersToJoinOrganization:$false \
         -AllowedToSignUpEmailBasedSubscriptions:$false",
    )
}

/// <https://learn.microsoft.com/entra/fundamentals/security-defaults>
fn judge_defaults(is_on: bool) -> Finding {
    let what = if is_on {
        "security defaults are on: people set up Microsoft Authenticator when they first sign in"
    } else {
        "security defaults are off: Conditional Access decides what people set up when they first sign in"
    };
    Finding::ok(Area::Policy, what)
}

#[cfg(test)]
mod tests {
    use super::{super::finding::Verdict, *};

    #[test]
    fn either_way_into_the_tenant_is_told() {
        for (joins, subscribes, verdict) in
            [(false, false, Verdict::Ok), (true, false, Verdict::Warning), (false, true, Verdict::Warning)]
        {
            assert_eq!(judge_sign_up(SelfSignUp { joins, subscribes }).verdict, verdict);
        }
    }
}
