//! Licences and groups, in one round trip.

use super::SignupRun;
use crate::{
    domain::{Attention, GroupId, ObjectId, Profile, SkuId, StepKind, StepState, Waiting},
    engine::{Done, StepFailure, StepResult},
    graph::{self, ErrorKind, Item, ItemResult},
    store::{Effect, StoreError},
};

impl SignupRun<'_> {
    pub(super) async fn entitle(&mut self) -> StepResult {
        let user = self.signup.object_id.ok_or_else(|| StepFailure::attention(Attention::UserGone))?;
        let profile = self.profile()?.clone();
        let graph = self.graph()?;
        self.complete_user(&graph, user).await?;
        let (licences, groups) = self.missing(&profile).await?;
        let results = self.ask(&graph, user, &licences, &groups).await?;
        let complete = results.iter().all(|item| item.result.is_ok());
        let recorded = recorded(&licences, &results);
        let done = recorded.iter().filter(|effect| effect.state == StepState::Done).count();
        let next = complete.then(|| self.next_step());
        let detail = format!("{done} of {}", recorded.len());
        let next = self.record_step(&recorded, next, ("entitled", &detail)).await?;
        if !complete {
            let had_a_group = groups.len() < profile.groups.len();
            return Err(self.worst_failure(&results, had_a_group));
        }
        Ok(Done::Next(next))
    }

    /// Returns whether the profile has licences or groups, or the user lacks attributes that its POST could not bring.
    pub(super) fn needs_entitlements(&self) -> bool {
        let (Ok(profile), Ok(principal)) = (self.profile(), self.principal()) else { return false };
        let attributes = self.attributes(profile, &principal).unwrap_or_default();
        let is_incomplete = self.graph().is_ok_and(|graph| graph.completes_users(&attributes));
        !profile.licences.is_empty() || !profile.groups.is_empty() || is_incomplete
    }

    /// The licences and groups of the profile as they are to be given.
    pub(super) fn intended_entitlements(&self) -> Vec<Effect> {
        let (Ok(profile), Ok(_)) = (self.profile(), self.principal()) else { return Vec::new() };
        let licences = profile.licences.iter().map(|sku| Effect::intended(StepKind::AssignLicence, sku));
        let groups = profile.groups.iter().map(|group| Effect::intended(StepKind::JoinGroup, group));
        licences.chain(groups).collect()
    }

    async fn ask(
        &self,
        graph: &graph::Graph,
        user: ObjectId,
        licences: &[SkuId],
        groups: &[GroupId],
    ) -> Result<Vec<ItemResult>, StepFailure> {
        if licences.is_empty() && groups.is_empty() {
            return Ok(Vec::new());
        }
        let results = graph.entitle(user, licences, groups).await;
        let results = results.map_err(|error| self.run.tenant_failure(&error))?;
        let errors = results.iter().filter_map(|item| item.result.as_ref().err());
        if !errors.map(|error| error.kind).any(ErrorKind::is_of_application) {
            self.run.tenant_answered();
        }
        Ok(results)
    }

    /// The licences and groups of the profile that are not done yet: all of them in the run that created the user.
    async fn missing(&self, profile: &Profile) -> Result<(Vec<SkuId>, Vec<GroupId>), StoreError> {
        if self.run.operation.attempts == 0 {
            return Ok((profile.licences.clone(), profile.groups.clone()));
        }
        let steps = self.run.store().steps(self.signup.id).await?;
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

    /// The worst of the items' failures: one that needs an admin, else the one with the longest wait. With `had_a_group` a
    /// group has taken the user in an earlier run.
    fn worst_failure(&self, results: &[ItemResult], had_a_group: bool) -> StepFailure {
        let is_joined = |item: &ItemResult| matches!(item.item, Item::Group(_)) && item.result.is_ok();
        let in_a_group = had_a_group || results.iter().any(is_joined);
        let failures = results
            .iter()
            .filter_map(|item| Some(self.item_failure(item, item.result.as_ref().err()?, in_a_group)));
        let weight = |failure: &StepFailure| match failure {
            StepFailure::Store(_) => 4,
            StepFailure::NeedsAttention { .. } => 3,
            StepFailure::Retry { waiting: Waiting::NoSeats, .. } => 2,
            StepFailure::Retry { not_before: Some(_), .. } => 1,
            StepFailure::Retry { .. } => 0,
        };
        failures
            .max_by_key(weight)
            .unwrap_or_else(|| StepFailure::retry(Waiting::TenantUnavailable, "no_answer_for_an_item"))
    }

    /// The failure of one item. With `in_a_group`, another group has accepted the user, so that the permission exists.
    fn item_failure(&self, item: &ItemResult, error: &graph::Error, in_a_group: bool) -> StepFailure {
        let is_group = matches!(item.item, Item::Group(_));
        match (self.run.tenant_failure(error), error.kind) {
            (StepFailure::Retry { detail, .. }, ErrorKind::Lag | ErrorKind::UsageLocation)
                if self.run.is_lag_over() =>
            {
                let reason = match error.kind {
                    _ if is_group => Attention::GroupRefused,
                    ErrorKind::UsageLocation => Attention::UsageLocation,
                    _ => Attention::UserGone,
                };
                StepFailure::needs_attention(reason, detail)
            }
            // Dynamic and role-assignable groups refuse members with the error of a missing permission.
            (StepFailure::NeedsAttention { detail, .. }, ErrorKind::TargetForbidden)
                if is_group && in_a_group =>
            {
                StepFailure::needs_attention(Attention::GroupRefused, detail)
            }
            (failure, _) => failure,
        }
    }
}

/// One row for each licence and group. All licences share one request, and so one result.
fn recorded(licences: &[SkuId], results: &[ItemResult]) -> Vec<Effect> {
    let row = |kind, target: String, result: &Result<(), graph::Error>| match result {
        Ok(()) => Effect::done(kind, target),
        Err(error) => Effect::refused(kind, target, StepState::Intended, &error.code),
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
