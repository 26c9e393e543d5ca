//! The properties in which a tenant refuses the marker of a new user, recorded so that no process has to find out
//! again.

use super::{Store, StoreError, value::args};
use crate::domain::{TenantAlias, Timestamp};

/// A property in which a tenant refuses the marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedMarker {
    /// Graph's name of it.
    pub property: String,
    /// The code and the request id of the refusal.
    pub reason: String,
    /// The time of the last refusal.
    pub refused_at: Timestamp,
}

impl Store {
    /// The properties in which a tenant has refused the marker since `since`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refused_markers(
        &self,
        tenant: &TenantAlias,
        since: Timestamp,
    ) -> Result<Vec<RefusedMarker>, StoreError> {
        const REFUSED: &str = "SELECT property, reason, refused_at FROM tenant_marker \
             WHERE tenant = $1 AND refused_at >= $2 ORDER BY refused_at, property";
        let rows = self.database.fetch_all(REFUSED, &args![tenant, since]).await?;
        let read = rows.iter().map(|row| {
            let (property, reason) = (row.value("property")?, row.value("reason")?);
            Ok(RefusedMarker { property, reason, refused_at: row.time("refused_at")? })
        });
        read.collect()
    }

    /// Keeps that a tenant refuses the marker in this property.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_refused_marker(
        &self,
        tenant: &TenantAlias,
        refused: &RefusedMarker,
    ) -> Result<(), StoreError> {
        const KEEP: &str = "INSERT INTO tenant_marker (tenant, property, reason, refused_at) \
             VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tenant, property) DO UPDATE \
             SET reason = excluded.reason, refused_at = excluded.refused_at";
        let RefusedMarker { property, reason, refused_at } = refused;
        let mut tx = self.database.begin().await?;
        tx.execute(KEEP, &args![tenant, property.as_str(), reason.as_str(), *refused_at]).await?;
        tx.commit().await
    }
}
