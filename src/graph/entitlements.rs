//! The licences and memberships that a user is given, all in one batch.
//!
//! Source: <https://learn.microsoft.com/graph/api/user-assignlicense> and
//! <https://learn.microsoft.com/graph/api/group-post-members>.

use serde_json::json;

use super::{
    Error, Graph,
    batch::{self, Post},
    classify::{About, GraphError},
};
use crate::domain::{GroupId, ObjectId, SkuId};

/// One thing that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// All the licences; they are assigned together or not at all.
    Licences,
    /// Membership in one group.
    Group(GroupId),
}

/// The outcome of one item.
#[derive(Clone, Debug)]
pub struct ItemResult {
    /// The item that was asked for.
    pub item: Item,
    /// Given (perhaps before already), or why not.
    pub result: Result<(), Error>,
}

impl Graph {
    /// Gives a user the licences and memberships, 20 items per round trip. What the user has already counts as
    /// given, so it can be repeated. When a later batch fails as a whole, its items carry that error.
    ///
    /// # Errors
    /// [`Error`] when the first batch failed as a whole.
    pub async fn entitle(
        &self,
        user: ObjectId,
        licences: &[SkuId],
        groups: &[GroupId],
    ) -> Result<Vec<ItemResult>, Error> {
        let items: Vec<Item> = (!licences.is_empty())
            .then_some(Item::Licences)
            .into_iter()
            .chain(groups.iter().copied().map(Item::Group))
            .collect();
        if self.is_dry() {
            tracing::info!(%user, items = items.len(), "dry run: licences and groups would be given");
            return Ok(items.into_iter().map(|item| ItemResult { item, result: Ok(()) }).collect());
        }
        let mut results = Vec::with_capacity(items.len());
        for chunk in items.chunks(batch::MOST) {
            match self.give(user, licences, chunk).await {
                Ok(given) => results.extend(given),
                Err(error) if results.is_empty() => return Err(error),
                Err(error) => {
                    let rest = items[results.len()..].iter();
                    results.extend(rest.map(|item| ItemResult { item: *item, result: Err(error.clone()) }));
                    break;
                }
            }
        }
        Ok(results)
    }

    async fn give(
        &self,
        user: ObjectId,
        licences: &[SkuId],
        items: &[Item],
    ) -> Result<impl Iterator<Item = ItemResult>, Error> {
        let posts: Vec<Post> = items.iter().map(|item| self.post(user, licences, *item)).collect();
        let answers = self.batch(&posts).await?;
        Ok(items.iter().zip(answers).map(move |(item, answer)| item.judge(user, answer)))
    }

    fn post(&self, user: ObjectId, licences: &[SkuId], item: Item) -> Post {
        match item {
            Item::Licences => {
                let add: Vec<_> = licences
                    .iter()
                    .map(|sku| json!({ "skuId": sku.to_string(), "disabledPlans": [] }))
                    .collect();
                // Graph refuses the request when either array is missing.
                let body = json!({ "addLicenses": add, "removeLicenses": [] });
                Post { url: format!("/users/{user}/assignLicense"), body }
            }
            Item::Group(group) => {
                let reference = format!("{}/directoryObjects/{user}", self.http().base());
                Post { url: format!("/groups/{group}/members/$ref"), body: json!({ "@odata.id": reference }) }
            }
        }
    }
}

impl Item {
    fn judge(self, user: ObjectId, answer: Result<batch::Item, Error>) -> ItemResult {
        // A licence that is there already is assigned again without an error.
        let is_member = |answer: &batch::Item| {
            self != Self::Licences && answer.error.as_deref().is_some_and(GraphError::is_membership_already)
        };
        let result = answer.and_then(|answer| {
            if answer.is_success() || is_member(&answer) {
                Ok(())
            } else {
                Err(answer.refusal(self.about(user)))
            }
        });
        ItemResult { item: self, result }
    }

    const fn about(self, user: ObjectId) -> About {
        match self {
            Self::Licences => About::Licences,
            Self::Group(group) => About::Group(group, user),
        }
    }
}
