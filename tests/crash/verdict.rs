//! The checks: what must be true whatever went wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    process::ExitStatus,
};

use accountcreator::domain::OperationKind;
use anyhow::Result;
use serde::Deserialize;

use crate::{
    GROUPS,
    arguments::Marker,
    database::Database,
    erasing,
    killing::Life,
    mails::Mails,
    rig::{
        place::Place,
        settings::LICENCE,
        tenant::{Mail, Request, State, Tenant, User},
    },
    students::{Role, Sent, email_of, number_of, student_id},
    visiting::Visitors,
};

/// The attribute that holds a student's id: not `employeeId`, which may hold the marker.
pub const ATTRIBUTE: &str = "department";
/// From this number of kills on, each kind of operation has to be among what they interrupt.
const MANY_KILLS: usize = 100;
/// The milliseconds in which a kill after a mail may have kept the server from recording it.
const RECORDED_WITHIN: i64 = 2_000;

/// The last error of a further request that waits.
const EARLIER_REQUEST: &str = "an_earlier_request_goes_first";

/// A signup as `accountcreator signups list --json` shows it.
#[derive(Deserialize)]
pub struct Signup {
    pub id: String,
    pub stage: String,
    pub email: Option<String>,
    pub duplicate_of: Option<String>,
    pub last_error: Option<String>,
    pub next_try_at: Option<String>,
}

/// Everything that is known at the end.
pub struct Findings<'a> {
    pub students: u32,
    /// The runs of the server that were killed.
    pub lives: Vec<Life>,
    pub marker: Marker,
    pub sent: Sent,
    /// Status pages that do not open.
    pub unopened: Vec<String>,
    pub state: State,
    pub mails: Vec<Mail>,
    pub requests: Vec<Request>,
    pub signups: Vec<Signup>,
    /// How often each kind of operation was carried out until the last kill.
    pub kinds: Vec<(OperationKind, usize)>,
    /// The ids of the signups that needed attention in the end, before they were tried again.
    pub needs_attention: Vec<String>,
    /// Those of them that no mail to the admin names.
    pub unreported: Vec<String>,
    pub visitors: &'a Visitors<'a>,
    /// Pages that do not say that the account is gone.
    pub unaware: Vec<String>,
    /// How many erasures took effect while the server was killed.
    pub erasures: u32,
    /// The users of the erased students before these came again.
    pub before: BTreeMap<String, BTreeSet<String>>,
    /// Where something of an erased student is stored.
    pub remains: Vec<String>,
    /// The exit status of the server when it was asked to end.
    pub exit: ExitStatus,
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
    /// Returns whether nothing more happens to it by itself.
    pub fn is_settled(&self) -> bool {
        matches!(self.stage.as_str(), "done" | "erased" | "voided" | "needs_attention")
            || (self.is_unconfirmed() && self.next_try_at.is_none())
    }

    pub fn needs_attention(&self) -> bool {
        self.stage == "needs_attention"
    }

    /// Returns whether its code was mailed, or is to be mailed. No student knows the page of such a signup in the end: the
    /// answer to its form was lost.
    fn is_unconfirmed(&self) -> bool {
        self.stage == "awaiting_confirmation"
    }

    pub fn waits_for_an_earlier_request(&self) -> bool {
        self.last_error.as_deref() == Some(EARLIER_REQUEST)
    }

    pub fn role(&self) -> Role {
        self.email.as_deref().and_then(number_of).map_or(Role::Plain, Role::of)
    }

    /// Returns whether it waits for the marker of a user that may be its own, or for such a signup of the same address. Only
    /// where the marker is written after the POST may a kill have left such a user behind.
    pub fn is_in_doubt(&self, marker: Marker) -> bool {
        const WAITS: [&str; 2] = ["name_taken_by_unmarked_user", EARLIER_REQUEST];
        marker == Marker::Afterwards && self.last_error.as_deref().is_some_and(|error| WAITS.contains(&error))
    }
}

impl Findings<'_> {
    fn ids(&self) -> impl Iterator<Item = String> {
        (0..self.students).map(student_id)
    }

    /// Those that were not erased.
    fn staying(&self) -> impl Iterator<Item = String> {
        self.ids().filter(|id| !self.is_erased(id))
    }

    /// Those of them whose user was not deleted in the tenant.
    fn present(&self) -> impl Iterator<Item = String> {
        self.staying().filter(|id| role_of(id) != Role::Deleted)
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

    /// Returns whether a kill between POST and marker has left this user, so that its signup waits for a person.
    fn is_left_in_doubt(&self, user: &User) -> bool {
        self.marker == Marker::Afterwards && !user.properties.contains_key("onPremisesExtensionAttributes")
    }

    fn left_in_doubt(&self) -> usize {
        self.state.users.iter().filter(|user| self.is_left_in_doubt(user)).count()
    }

    fn one_user_each(&self) -> Vec<String> {
        let users = self.users();
        let count = |id: &String| users.get(id.as_str()).map_or(0, Vec::len);
        let ids = self.present().filter(|id| count(id) != 1);
        ids.map(|id| format!("{id} has {} users", count(&id))).collect()
    }

    /// A student who pressed a button that confirms the address, and was answered, has an account.
    fn confirmed_have_one_user(&self) -> Vec<String> {
        let users = self.users();
        let confirmed = self.present().filter(|id| self.sent.confirmed.contains(id));
        let without = confirmed.filter(|id| users.get(id.as_str()).map_or(0, Vec::len) != 1);
        without.map(|id| format!("{id} has confirmed the address and has not one user")).collect()
    }

    /// Every code was mailed: students got theirs, and the mails name all signups that wait for one.
    fn no_code_lost(&self) -> Vec<String> {
        let mailed: BTreeSet<_> = Mails::new(&self.mails).codes().collect();
        let unconfirmed = self.signups.iter().filter(|signup| signup.is_unconfirmed());
        let unmailed = unconfirmed.filter(|signup| !mailed.contains(&signup.id));
        let unmailed = unmailed.map(|signup| format!("the code of {} was not mailed", signup.id));
        self.sent.unconfirmed.iter().cloned().chain(unmailed).collect()
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
        let by_admin = self.visitors.deleted();
        let deleted = self.state.deleted.iter().filter(|user| !by_admin.contains(&user.id));
        let deleted = deleted.map(|user| format!("{} was deleted", user.user_principal_name));
        strangers
            .map(|user| format!("{} belongs to no student", user.user_principal_name))
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
        let originals = self.signups.iter().filter(|signup| {
            signup.duplicate_of.is_none() && signup.email.is_some() && !signup.is_unconfirmed()
        });
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
        let is_open = |signup: &&Signup| !signup.is_settled() || signup.needs_attention();
        let open = self.signups.iter().filter(is_open).filter(|signup| !is_tolerated(signup));
        open.map(|signup| format!("{} is {}", signup.id, signup.stage)).collect()
    }

    /// Each student's password: mailed, the same in every mail unless a new one was asked for, and right.
    async fn working_passwords(&self, tenant: &Tenant, role: fn(Role) -> bool) -> Result<Vec<String>> {
        let (mails, users) = (Mails::new(&self.mails), self.users());
        let mut objections = Vec::new();
        for id in self.present().filter(|id| role(role_of(id))) {
            let user = users.get(id.as_str()).and_then(|users| users.first());
            if user.is_some_and(|user| self.is_left_in_doubt(user)) {
                continue;
            }
            let credentials = mails.credentials_for(&email_of(&id));
            let asked = self.visitors.asked(&email_of(&id));
            if asked.accepted == 0 && role_of(&id) == Role::AsksForPasswords {
                objections.push(format!("{id} could not ask for a new password"));
            }
            let expected = 1 + usize::from(asked.accepted > 0)..=1 + asked.times;
            let (Some(user), Some(newest), true) =
                (user, credentials.last(), expected.contains(&credentials.len()))
            else {
                objections.push(format!("{id} was mailed {} passwords, not {expected:?}", credentials.len()));
                continue;
            };
            if newest.user != user.user_principal_name {
                objections.push(format!("{id} was mailed another username"));
            }
            if !tenant.lets_in(&self.state, newest.user, newest.password).await? {
                objections.push(format!("the newest password of {id} does not work"));
            }
        }
        Ok(objections)
    }

    /// Each student that the unknown licence holds up is known to need attention, and the admin was mailed that.
    fn attention_is_reported(&self) -> Vec<String> {
        let expected = self.ids().filter(|id| role_of(id) == Role::Misconfigured).count();
        let found = self.needs_attention.len();
        let miscounted = found != expected && self.left_in_doubt() == 0;
        let miscounted = miscounted.then(|| format!("{found} signups needed attention, not {expected}"));
        let unreported = self.unreported.iter().map(|id| format!("no mail to the admin names {id}"));
        miscounted.into_iter().chain(unreported).collect()
    }

    /// A signup is reported again only where a kill or a failure came before the first mail was recorded.
    fn no_report_repeated(&self) -> Vec<String> {
        let mails: Vec<_> = Mails::new(&self.mails).alerts().collect();
        let mut objections = Vec::new();
        for id in &self.needs_attention {
            let reports: Vec<_> = mails.iter().filter(|mail| mail.text.contains(id)).collect();
            for earlier in reports.iter().rev().skip(1).filter(|mail| !self.may_be_unrecorded(mail.at_ms)) {
                objections.push(format!("{id} was reported again after {}", earlier.at_ms));
            }
        }
        objections
    }

    /// Returns whether the server may have failed to record a mail that was accepted at this time.
    fn may_be_unrecorded(&self, at: i64) -> bool {
        let Some(index) = self.lives.iter().rposition(|life| life.start <= at) else { return false };
        let life = &self.lives[index];
        // What was sent just before a kill may be accepted after it.
        let until = self.lives.get(index + 1).map_or(life.kill, |next| next.start);
        at <= until && (life.has_failures || life.kill - at < RECORDED_WITHIN)
    }

    /// A user that an admin has deleted is not created again, and the page says that the account is gone.
    fn deleted_users_stay_deleted(&self) -> Vec<String> {
        let users = self.users();
        let deleted: BTreeSet<_> = self.state.deleted.iter().map(|user| user.text(ATTRIBUTE)).collect();
        let ids = self.staying().filter(|id| role_of(id) == Role::Deleted);
        let wrong = ids.filter(|id| match users.get(id.as_str()) {
            Some(users) => !users.iter().all(|user| self.is_left_in_doubt(user)),
            None => !deleted.contains(id.as_str()),
        });
        wrong
            .map(|id| format!("{id} has a user, or none was deleted"))
            .chain(self.unaware.iter().cloned())
            .collect()
    }

    /// Of a few kills, all may come while none of a kind is under way.
    fn every_kind_amid_kills(&self) -> Vec<String> {
        let missing = self.kinds.iter().filter(|(_, count)| *count == 0 && self.lives.len() >= MANY_KILLS);
        missing.map(|(kind, _)| format!("{} kills and no {kind}", self.lives.len())).collect()
    }

    /// Of a few kills, all may come while no erasure is under way.
    fn no_erasure_amid_kills(&self) -> Vec<String> {
        let none = format!("{} kills and none", self.lives.len());
        if self.erasures == 0 && self.lives.len() >= MANY_KILLS { vec![none] } else { Vec::new() }
    }

    fn ended_well(&self) -> Vec<String> {
        let ending = format!("it ended with {}", self.exit);
        if self.exit.success() { Vec::new() } else { vec![ending] }
    }

    fn figures(&self) -> String {
        let mails = Mails::new(&self.mails);
        let cut = self.requests.iter().filter(|request| request.ending == "pending").count();
        let faults = self.requests.iter().filter(|request| request.ending != "answered").count() - cut;
        let kinds: Vec<_> = self.kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        format!(
            "{} kills interrupted {cut} requests to the tenant; {faults} others failed\n\
             {} students sent {} forms, {} were accepted; {} signups, {} duplicates among them, {} students confirmed \
             their address\n\
             operations until the last kill: {}\n\
             {} students were erased, {} after they had an account; {} erasures took effect amid the kills\n\
             {} users were deleted by an admin, {} are left in doubt, as their signups say\n\
             {} signups needed attention, {} mails to the admin\n\
             {} requests to the tenant, {} mails with a password for {} students, {} with a code, {} answers\n",
            self.lives.len(),
            self.students,
            self.sent.tries,
            self.sent.accepted,
            self.signups.len(),
            self.signups.iter().filter(|signup| signup.duplicate_of.is_some()).count(),
            self.sent.confirmed.len(),
            kinds.join(", "),
            self.before.len(),
            self.before.values().filter(|users| !users.is_empty()).count(),
            self.erasures,
            self.visitors.deleted().len(),
            self.left_in_doubt(),
            self.needs_attention.len(),
            mails.alerts().count(),
            self.requests.len(),
            mails.passwords(),
            self.students,
            mails.codes().count(),
            mails.answers(),
        )
    }
}

fn role_of(id: &str) -> Role {
    number_of(id).map_or(Role::Plain, Role::of)
}

/// How often each kind of operation was carried out, by what it leaves behind.
pub async fn carried_out(place: &Place, url: &str, mails: &Mails<'_>) -> Result<Vec<(OperationKind, usize)>> {
    const ACTIVE: &str = "SELECT COUNT(*) FROM account WHERE object_id IS NOT NULL";
    const RESET: &str = "SELECT COUNT(*) FROM signup WHERE resets > 0 AND is_further = 0 AND state = 'done'";
    const ANSWERED: &str = "SELECT COUNT(*) FROM signup WHERE is_further = 1 AND state = 'done'";
    const GONE: &str = "SELECT COUNT(*) FROM account WHERE gone_at IS NOT NULL";
    const WITHOUT_EVENTS: &str = "SELECT COUNT(*) FROM signup WHERE state = 'done' \
         AND NOT EXISTS (SELECT 1 FROM event WHERE event.signup_id = signup.id)";
    let mut database = Database::open(place, url).await?;
    let mut kinds = Vec::new();
    for kind in OperationKind::ALL {
        let count = match kind {
            OperationKind::ConfirmAddress => mails.codes().count(),
            OperationKind::Provision => database.count(ACTIVE).await?,
            OperationKind::AnswerRequest => database.count(ANSWERED).await?,
            OperationKind::ResetPassword => database.count(RESET).await?,
            OperationKind::CheckAccount => database.count(GONE).await?,
            OperationKind::SendAlert => mails.alerts().count(),
            OperationKind::Retain => database.count(WITHOUT_EVENTS).await?,
        };
        kinds.push((*kind, count));
    }
    database.close().await?;
    Ok(kinds)
}

impl Verdict {
    /// Runs all checks.
    pub async fn of(findings: &Findings<'_>, tenant: &Tenant) -> Result<Self> {
        let checks = vec![
            Check::new("every student has exactly one user", findings.one_user_each()),
            Check::new("every user belongs to a student, and none was deleted", findings.no_strangers()),
            Check::new("every user has the licence and the groups, once", findings.complete_accounts()),
            Check::new("no seat or membership is there twice", findings.no_seat_or_membership_too_many()),
            Check::new("every student has exactly one signup", findings.one_signup_each()),
            Check::new("every signup is done", findings.all_done()),
            Check::new("no accepted form is lost: its status page opens", findings.unopened.clone()),
            Check::new("no code and no confirmation is lost", findings.no_code_lost()),
            Check::new("every student who has confirmed has one user", findings.confirmed_have_one_user()),
            Check::new(
                "every student was mailed one password, which works",
                findings.working_passwords(tenant, |role| role != Role::AsksForPasswords).await?,
            ),
            Check::new(
                "every student who asked for a new password was mailed one, and the newest works",
                findings.working_passwords(tenant, |role| role == Role::AsksForPasswords).await?,
            ),
            Check::new(
                "admins are mailed every signup that needs attention",
                findings.attention_is_reported(),
            ),
            Check::new("no signup is reported twice without a kill", findings.no_report_repeated()),
            Check::new(
                "users that were deleted stay so, and their pages say it",
                findings.deleted_users_stay_deleted(),
            ),
            Check::new(
                "each kind of operation is carried out amid the kills",
                findings.every_kind_amid_kills(),
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

    /// Returns whether everything holds.
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
