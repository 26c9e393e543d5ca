//! The reckoning: what must be true whatever went wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    process::ExitStatus,
};

use anyhow::Result;
use serde::Deserialize;

use crate::{
    GROUPS,
    arguments::Marker,
    erasing,
    letters::Letters,
    rig::{
        settings::LICENCE,
        tenant::{Mail, Request, State, Tenant, User},
    },
    students::{Sent, email_of, student_id},
};

/// The attribute that holds a student's id: not `employeeId`, which may hold the marker.
pub const ATTRIBUTE: &str = "department";

/// A signup as `accountcreator signups list --json` shows it.
#[derive(Deserialize)]
pub struct Signup {
    pub id: String,
    pub stage: String,
    pub email: Option<String>,
    pub duplicate_of: Option<String>,
    pub last_error: Option<String>,
}

/// Everything that is known at the end.
pub struct Findings {
    pub students: u32,
    pub kills: u32,
    pub marker: Marker,
    pub sent: Sent,
    /// Status pages that do not open.
    pub unopened: Vec<String>,
    pub state: State,
    pub mails: Vec<Mail>,
    pub requests: Vec<Request>,
    pub signups: Vec<Signup>,
    /// How many erasures took effect while the server was killed.
    pub erasures: u32,
    /// The users of the erased students before these came again.
    pub before: BTreeMap<String, BTreeSet<String>>,
    /// Where something of an erased student is stored.
    pub remains: Vec<String>,
    /// How the server ended when it was asked to.
    pub goodbye: ExitStatus,
}

/// What holds and what does not, and the figures of the run.
pub struct Verdict {
    checks: Vec<Check>,
    figures: String,
    evidence: Option<PathBuf>,
}

struct Check {
    claim: &'static str,
    objections: Vec<String>,
}

impl Signup {
    /// Whether nothing more happens to it.
    pub fn is_settled(&self) -> bool {
        matches!(self.stage.as_str(), "done" | "erased" | "needs_attention")
    }

    /// Whether it waits for the marker of a user that may be its own, or for such a signup of the same address. Only
    /// where the marker is written after the POST may a kill have left such a user behind.
    pub fn is_in_doubt(&self, marker: Marker) -> bool {
        const WAITS: [&str; 2] = ["name_taken_by_unmarked_user", "an_earlier_request_goes_first"];
        marker == Marker::Afterwards && self.last_error.as_deref().is_some_and(|error| WAITS.contains(&error))
    }
}

impl Findings {
    fn ids(&self) -> impl Iterator<Item = String> {
        (0..self.students).map(student_id)
    }

    /// Those that were not erased.
    fn staying(&self) -> impl Iterator<Item = String> {
        self.ids().filter(|id| !self.is_erased(id))
    }

    fn is_erased(&self, id: &str) -> bool {
        self.before.contains_key(id)
    }

    /// The users of each student, by the id the profile puts on them.
    fn users(&self) -> BTreeMap<&str, Vec<&User>> {
        let mut users = BTreeMap::<_, Vec<_>>::new();
        for user in &self.state.users {
            users.entry(user.text(ATTRIBUTE)).or_default().push(user);
        }
        users
    }

    /// Whether a kill between POST and marker has left this user, so that its signup waits for a person.
    fn is_left_in_doubt(&self, user: &User) -> bool {
        self.marker == Marker::Afterwards && !user.properties.contains_key("onPremisesExtensionAttributes")
    }

    fn left_in_doubt(&self) -> usize {
        self.state.users.iter().filter(|user| self.is_left_in_doubt(user)).count()
    }

    fn one_user_each(&self) -> Vec<String> {
        let users = self.users();
        let count = |id: &String| users.get(id.as_str()).map_or(0, Vec::len);
        let ids = self.staying().filter(|id| count(id) != 1);
        ids.map(|id| format!("{id} has {} users", count(&id))).collect()
    }

    /// Those who had an account when they were erased have that one and no other; those who were erased before they had
    /// one may have got it since.
    fn no_second_account(&self) -> Vec<String> {
        let after = erasing::users(self.students, &self.state);
        let doubled = after.iter().filter(|(id, users)| {
            let before = &self.before[*id];
            users.len() > 1 || (!before.is_empty() && *before != **users)
        });
        doubled.map(|(id, users)| format!("{id} has {} users", users.len())).collect()
    }

    fn no_strangers(&self) -> Vec<String> {
        let students: BTreeSet<_> = self.ids().collect();
        let users = self.state.users.iter().chain(&self.state.deleted);
        let strangers = users.filter(|user| !students.contains(user.text(ATTRIBUTE)));
        let deleted =
            self.state.deleted.iter().map(|user| format!("{} was deleted", user.user_principal_name));
        strangers
            .map(|user| format!("{} belongs to nobody", user.user_principal_name))
            .chain(deleted)
            .collect()
    }

    fn complete_accounts(&self) -> Vec<String> {
        let mut objections = Vec::new();
        let users = self.state.users.iter();
        let staying =
            users.filter(|user| !self.is_left_in_doubt(user) && !self.is_erased(user.text(ATTRIBUTE)));
        for user in staying {
            let name = &user.user_principal_name;
            if user.licenses != [LICENCE] {
                objections.push(format!("{name} has the licences {:?}", user.licenses));
            }
            let groups: BTreeSet<_> = user.groups.iter().map(String::as_str).collect();
            if user.groups.len() != GROUPS.len() || groups != BTreeSet::from(GROUPS) {
                objections.push(format!("{name} is in the groups {:?}", user.groups));
            }
        }
        objections
    }

    fn no_seat_or_membership_too_many(&self) -> Vec<String> {
        let users = &self.state.users;
        let licensed = users.iter().filter(|user| user.licenses.iter().any(|sku| sku == LICENCE)).count();
        let skus = self.state.skus.iter().filter(|sku| sku.sku_id == LICENCE && sku.consumed != licensed);
        let skus = skus.map(|sku| format!("{} seats are taken by {licensed} users", sku.consumed));
        let groups = self.state.groups.iter().filter(|group| GROUPS.contains(&group.id.as_str()));
        let groups = groups.filter(|group| {
            let joined = users.iter().filter(|user| user.groups.contains(&group.id)).count();
            let distinct: BTreeSet<_> = group.members.iter().collect();
            group.members.len() != joined || distinct.len() != joined
        });
        let groups =
            groups.map(|group| format!("the group {} has {} members", group.id, group.members.len()));
        skus.chain(groups).collect()
    }

    /// Every student has the first request of the address carried out, all others settled as its duplicates.
    fn one_signup_each(&self) -> Vec<String> {
        let originals =
            self.signups.iter().filter(|signup| signup.duplicate_of.is_none() && signup.email.is_some());
        let originals = originals.count();
        let rows = self.signups.len();
        let mut objections = Vec::new();
        if originals != self.staying().count() {
            objections.push(format!("{originals} requests are no duplicates"));
        }
        if rows < self.sent.pages.len() {
            objections.push(format!("{rows} requests are recorded, {} were taken", self.sent.pages.len()));
        }
        objections
    }

    fn all_done(&self) -> Vec<String> {
        let is_tolerated = |signup: &&Signup| self.left_in_doubt() > 0 && signup.is_in_doubt(self.marker);
        let open = self
            .signups
            .iter()
            .filter(|signup| !matches!(signup.stage.as_str(), "done" | "erased") && !is_tolerated(signup));
        open.map(|signup| format!("{} is {}", signup.id, signup.stage)).collect()
    }

    /// Each student's password: there, the same in every mail, and right.
    async fn working_passwords(&self, tenant: &Tenant) -> Result<Vec<String>> {
        let letters = Letters::sort(&self.mails);
        let users = self.users();
        let mut objections = Vec::new();
        for id in self.staying() {
            let user = users.get(id.as_str()).and_then(|users| users.first());
            if user.is_some_and(|user| self.is_left_in_doubt(user)) {
                continue;
            }
            let credentials = letters.credentials_for(&email_of(&id));
            let (Some(user), [credential]) = (user, credentials.as_slice()) else {
                objections.push(format!("{id} was mailed {} different passwords", credentials.len()));
                continue;
            };
            if credential.user != user.user_principal_name {
                objections.push(format!("{id} was told another username"));
            }
            if !tenant.lets_in(&self.state, credential.user, credential.password).await? {
                objections.push(format!("{id} was mailed a password that does not work"));
            }
        }
        Ok(objections)
    }

    /// Of a few kills, all may come while no erasure is under way.
    fn no_erasure_amid_kills(&self) -> Vec<String> {
        let none = format!("{} kills and none", self.kills);
        if self.erasures == 0 && self.kills >= 100 { vec![none] } else { Vec::new() }
    }

    fn ended_well(&self) -> Vec<String> {
        let ending = format!("it ended with {}", self.goodbye);
        if self.goodbye.success() { Vec::new() } else { vec![ending] }
    }

    fn figures(&self) -> String {
        let letters = Letters::sort(&self.mails);
        let cut = self.requests.iter().filter(|request| request.ending == "pending").count();
        let faults = self.requests.iter().filter(|request| request.ending != "answered").count() - cut;
        format!(
            "{} kills cut off {cut} requests to the tenant; {faults} others were struck in their answer\n\
             {} students sent {} forms, {} were taken; {} signups, {} duplicates among them\n\
             {} students were erased, {} after they had an account; {} erasures took effect amid the kills\n\
             {} users are left in doubt, as their signups say\n\
             {} requests to the tenant, {} mails with a password ({} more than students), {} reminders\n",
            self.kills,
            self.students,
            self.sent.tries,
            self.sent.taken,
            self.signups.len(),
            self.signups.iter().filter(|signup| signup.duplicate_of.is_some()).count(),
            self.before.len(),
            self.before.values().filter(|users| !users.is_empty()).count(),
            self.erasures,
            self.left_in_doubt(),
            self.requests.len(),
            letters.passwords(),
            letters.passwords().saturating_sub(self.students as usize),
            letters.others(),
        )
    }
}

impl Verdict {
    /// Looks at everything.
    pub async fn of(findings: &Findings, tenant: &Tenant) -> Result<Self> {
        let checks = vec![
            Check::new("every student has exactly one user", findings.one_user_each()),
            Check::new("there is no user of nobody, and none was deleted", findings.no_strangers()),
            Check::new("every user has the licence and the groups, once", findings.complete_accounts()),
            Check::new("no seat or membership is there twice", findings.no_seat_or_membership_too_many()),
            Check::new("every student has exactly one signup", findings.one_signup_each()),
            Check::new("every signup is done", findings.all_done()),
            Check::new("no accepted form is lost: its status page opens", findings.unopened.clone()),
            Check::new(
                "every student was mailed one password, which works",
                findings.working_passwords(tenant).await?,
            ),
            Check::new("nothing of an erased student is stored", findings.remains.clone()),
            Check::new("no erased student has a second account", findings.no_second_account()),
            Check::new("students are erased amid the kills", findings.no_erasure_amid_kills()),
            Check::new("the server ends well when it is asked to", findings.ended_well()),
        ];
        Ok(Self { checks, figures: findings.figures(), evidence: None })
    }

    /// With the place of the logs and the database.
    pub fn with_evidence(self, directory: PathBuf) -> Self {
        Self { evidence: Some(directory), ..self }
    }

    /// Whether everything holds.
    pub fn is_good(&self) -> bool {
        self.checks.iter().all(|check| check.objections.is_empty())
    }
}

impl Check {
    const fn new(claim: &'static str, objections: Vec<String>) -> Self {
        Self { claim, objections }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.figures)?;
        for Check { claim, objections } in &self.checks {
            let result = if objections.is_empty() { "ok" } else { "FAILED" };
            writeln!(f, "test crash: {claim} ... {result}")?;
            for objection in objections.iter().take(10) {
                writeln!(f, "    {objection}")?;
            }
            if let Some(more) = objections.len().checked_sub(10).filter(|more| *more > 0) {
                writeln!(f, "    and {more} more")?;
            }
        }
        if let Some(directory) = &self.evidence {
            writeln!(f, "\nlogs and database: {}", directory.display())?;
        }
        let failed = self.checks.iter().filter(|check| !check.objections.is_empty()).count();
        let word = if failed == 0 { "ok" } else { "FAILED" };
        let passed = self.checks.len() - failed;
        write!(
            f,
            "\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out"
        )
    }
}
