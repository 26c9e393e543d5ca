//! Licences and groups, in one round trip.

use super::{StepResult, Turn, verdict::Verdict};
use crate::{
    audit::Act,
    domain::{Attention, GroupId, ObjectId, Profile, SkuId, StepKind, StepState, Waiting},
    graph::{self, ErrorKind, Item, ItemResult},
    store::{StepResult as Recorded, StoreError},
};

impl Turn {
    pub(super) async fn entitle(&mut self) -> StepResult {
        let Some(user) = self.signup.object_id else { return Ok(Err(Verdict::stuck(Attention::UserGone))) };
        let profile = match self.profile() {
            Ok(profile) => profile.clone(),
            Err(verdict) => return Ok(Err(verdict)),
        };
        let Some(tenant) = self.tenant() else { return Ok(Err(Verdict::profile_gone())) };
        let graph = tenant.graph.clone();
        if let Err(verdict) = self.complete_user(&graph, user).await? {
            return Ok(Err(verdict));
        }
        let (licences, groups) = self.missing(&profile).await?;
        let results = match self.ask(&graph, user, &licences, &groups).await {
            Ok(results) => results,
            Err(verdict) => return Ok(Err(verdict)),
        };
        let complete = results.iter().all(|item| item.result.is_ok());
        let recorded = recorded(&licences, &results);
        let (now, until) = (self.now(), self.lease_end());
        self.held = self.shared.store().entitled(&self.held, &recorded, complete, now, until).await?;
        if !complete {
            let had_a_group = groups.len() < profile.groups.len();
            return Ok(Err(self.judge_items(&results, had_a_group)));
        }
        self.signup.attempts = 0;
        self.note(Act::AccountEntitled, &"");
        Ok(Ok(()))
    }

    async fn ask(
        &self,
        graph: &graph::Graph,
        user: ObjectId,
        licences: &[SkuId],
        groups: &[GroupId],
    ) -> Result<Vec<ItemResult>, Verdict> {
        if licences.is_empty() && groups.is_empty() {
            return Ok(Vec::new());
        }
        let results =
            graph.entitle(user, licences, groups).await.map_err(|error| self.judge_tenant(&error))?;
        let errors = results.iter().filter_map(|item| item.result.as_ref().err());
        if !errors.map(|error| error.kind).any(ErrorKind::is_of_application) {
            self.tenant_answered();
        }
        Ok(results)
    }

    /// What of the profile is not done yet. In the turn that created the user that is everything.
    async fn missing(&self, profile: &Profile) -> Result<(Vec<SkuId>, Vec<GroupId>), StoreError> {
        if self.signup.attempts == 0 {
            return Ok((profile.licences.clone(), profile.groups.clone()));
        }
        let steps = self.shared.store().steps(self.signup.id).await?;
        let done = |kind: StepKind, target: &dyn ToString| {
            let target = target.to_string();
            steps
                .iter()
                .any(|step| step.kind == kind && step.target == target && step.state == StepState::Done)
        };
        let licences =
            profile.licences.iter().filter(|sku| !done(StepKind::AssignLicence, *sku)).copied().collect();
        let groups =
            profile.groups.iter().filter(|group| !done(StepKind::JoinGroup, *group)).copied().collect();
        Ok((licences, groups))
    }

    /// The gravest of the items' errors decides: what needs a person, else what takes longest. With `had_a_group` a
    /// group has taken the user in an earlier turn.
    fn judge_items(&self, results: &[ItemResult], had_a_group: bool) -> Verdict {
        let is_joined = |item: &ItemResult| matches!(item.item, Item::Group(_)) && item.result.is_ok();
        let in_a_group = had_a_group || results.iter().any(is_joined);
        let verdicts = results
            .iter()
            .filter_map(|item| Some(self.judge_item(item, item.result.as_ref().err()?, in_a_group)));
        let weight = |verdict: &Verdict| match verdict {
            Verdict::Stuck { .. } | Verdict::Unset { .. } => 3,
            Verdict::Later { waiting: Waiting::NoSeats, .. } => 2,
            Verdict::Later { at_least: Some(_), .. } => 1,
            Verdict::Later { .. } | Verdict::Paused { .. } => 0,
        };
        verdicts
            .max_by_key(weight)
            .unwrap_or_else(|| Verdict::later(Waiting::TenantUnavailable, "no_answer_for_an_item"))
    }

    /// With `in_a_group` another group took the user: the permission is there.
    fn judge_item(&self, item: &ItemResult, error: &graph::Error, in_a_group: bool) -> Verdict {
        let is_group = matches!(item.item, Item::Group(_));
        match (self.judge_tenant(error), error.kind) {
            (Verdict::Later { detail, .. }, ErrorKind::Lag | ErrorKind::UsageLocation)
                if self.is_lag_over() =>
            {
                let reason = match error.kind {
                    _ if is_group => Attention::GroupRefused,
                    ErrorKind::UsageLocation => Attention::UsageLocation,
                    _ => Attention::UserGone,
                };
                Verdict::Stuck { reason, detail }
            }
            // Dynamic and role-assignable groups refuse members in the words of a missing permission.
            (Verdict::Stuck { detail, .. }, ErrorKind::TargetForbidden) if is_group && in_a_group => {
                Verdict::Stuck { reason: Attention::GroupRefused, detail }
            }
            (verdict, _) => verdict,
        }
    }
}

/// One row for each licence and group. All licences share one request, and so one result.
fn recorded(licences: &[SkuId], results: &[ItemResult]) -> Vec<Recorded> {
    let row = |kind, target, result: &Result<(), graph::Error>| -> Recorded {
        let state = if result.is_ok() { StepState::Done } else { StepState::Intended };
        (kind, target, state, result.as_ref().err().map(|error| error.code.clone()))
    };
    results
        .iter()
        .flat_map(|item| match item.item {
            Item::Licences => licences
                .iter()
                .map(|sku| row(StepKind::AssignLicence, sku.to_string(), &item.result))
                .collect::<Vec<_>>(),
            Item::Group(group) => vec![row(StepKind::JoinGroup, group.to_string(), &item.result)],
        })
        .collect()
}
