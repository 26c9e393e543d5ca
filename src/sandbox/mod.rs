//! The sandbox: a simulated Entra tenant with the part of Microsoft Graph that account creation
//! needs, a mail server with an inbox, and faults on demand. All of it in memory.
//!
//! It is written from Microsoft's documentation and recorded traffic and shares nothing with the
//! rest of this crate, so that an error there cannot hide behind the same error here.

mod accept;
mod clock;
mod control;
mod directory;
mod entra;
mod exchange;
mod faults;
mod graph;
mod log;
mod mailboxes;
mod operation;
mod options;
mod random;
mod smtp;
mod socket;
mod start_error;
mod throttle;
mod tls;
mod urlencoded;
mod world;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{self, DefaultBodyLimit};
use axum::http::{HeaderValue, header};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::routing::any;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use directory::{ApplicationState, GroupState, SkuState, State, UserState};
pub use entra::{CertificateError, SignIn};
pub use faults::{Fault, FaultKind, Faults};
pub use log::{Ending, ItemRecord, RequestRecord};
pub use mailboxes::MailboxLimits;
pub use operation::Operation;
pub use options::{
    ExistingUser, Group, GroupKind, Login, Options, Policies, Preview, STUDENT_SKU, Sku, SmtpOptions, Tenant,
    TlsIdentity, Xoauth2,
};
pub use smtp::{Mail, Way};
pub use start_error::StartError;
pub use throttle::Limits;

use world::World;

/// The largest body that is read, as in Graph.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// A running sandbox. It ends with [`Sandbox::stop`], or when it is dropped.
pub struct Sandbox {
    world: Arc<World>,
    /// Address of pages, token endpoint and Graph.
    url: String,
    smtp: SocketAddr,
    smtps: Option<SocketAddr>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Sandbox {
    /// Starts a sandbox. It answers as soon as this returns.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let (http_address, smtp_address) = (options.listen, options.smtp_listen);
        let smtps_address = options.smtp.implicit_tls_listen;
        let tls = options.tls.as_ref().map(tls::acceptor).transpose()?;
        let tls_name = options.tls.as_ref().map(TlsIdentity::name);
        let world = Arc::new(World::new(options)?);
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let mail = smtp::Server::new(Arc::clone(&world), stop.clone())?;
        let (listener, http) = listen(http_address).await?;
        let url = match tls_name {
            None => format!("http://{http}"),
            Some(None) => format!("https://{http}"),
            Some(Some(name)) => format!("https://{name}:{}", http.port()),
        };
        let server = accept::Server::new(router(&world), tls, stop.clone(), tasks.clone());
        tasks.spawn(server.serve(listener));
        let (listener, smtp) = listen(smtp_address).await?;
        tasks.spawn(mail.clone().serve(listener, false, tasks.clone()));
        let mut smtps = None;
        if let Some(address) = smtps_address {
            let (listener, bound) = listen(address).await?;
            tasks.spawn(mail.serve(listener, true, tasks.clone()));
            smtps = Some(bound);
        }
        tracing::info!(%http, %smtp, "the sandbox listens");
        Ok(Self { world, url, smtp, smtps, stop, tasks })
    }

    /// Address of pages, token endpoint and Graph: `http://127.0.0.1:1234`, or `https://localhost:1234` with a
    /// certificate for `localhost`.
    #[must_use]
    pub fn http_url(&self) -> String {
        self.url.clone()
    }

    /// The authority, as clients are configured with it.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("{}/{}", self.http_url(), self.world.tenant.tenant_id)
    }

    /// The token endpoint.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}/oauth2/v2.0/token", self.authority())
    }

    /// The address of Graph: `http://127.0.0.1:1234/v1.0`.
    #[must_use]
    pub fn graph_url(&self) -> String {
        self.http_url() + graph::ROOT
    }

    /// The address of the mail server, in the clear or with `STARTTLS`.
    #[must_use]
    pub fn smtp_addr(&self) -> SocketAddr {
        self.smtp
    }

    /// The address of the mail server with implicit TLS, if it has one.
    #[must_use]
    pub fn smtps_addr(&self) -> Option<SocketAddr> {
        self.smtps
    }

    /// The whole tenant at this moment.
    #[must_use]
    pub fn state(&self) -> State {
        lock(&self.world.directory).snapshot(&self.world.tenant)
    }

    /// The requests to the token endpoint and to Graph, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.world.log.all()
    }

    /// Forgets the requests.
    pub fn clear_requests(&self) {
        self.world.log.clear();
    }

    /// The mails, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        let mails = self.world.inbox.matching(|_| true);
        mails.iter().map(|mail| Mail::clone(mail)).collect()
    }

    /// The mails to an address, oldest first.
    #[must_use]
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        let mails = self.world.inbox.matching(|mail| mail.is_to(address));
        mails.iter().map(|mail| Mail::clone(mail)).collect()
    }

    /// Deletes the mails.
    pub fn clear_mails(&self) {
        self.world.inbox.clear();
    }

    /// The faults as they are now, with what is left of their counts.
    #[must_use]
    pub fn faults(&self) -> Faults {
        lock(&self.world.faults).clone()
    }

    /// Replaces all faults.
    pub fn set_faults(&self, faults: Faults) {
        *lock(&self.world.faults) = faults;
    }

    /// Shows these mails on the page of previews, which does not exist before.
    pub fn show_previews(&self, previews: Vec<Preview>) {
        *self.world.previews.write().unwrap_or_else(PoisonError::into_inner) = previews;
    }

    /// Registers another certificate of the application.
    pub fn register_certificate(&self, pem: &str) -> Result<(), CertificateError> {
        let certificate = entra::certificate::Certificate::from_pem(pem)?;
        let key_id = self.world.random.uuid();
        self.change_application(|application| application.add_certificate(key_id, certificate));
        Ok(())
    }

    /// Removes all certificates from the application.
    pub fn remove_certificates(&self) {
        self.change_application(|application| application.credentials.clear());
    }

    /// Consents to a permission. Tokens that were issued before do not have it.
    pub fn grant(&self, permission: &str) {
        self.change_application(|application| application.granted.push(permission.to_owned()));
    }

    /// Gives the application a role in Exchange, for the shared mailboxes.
    pub fn assign_exchange_role(&self, role: &str) {
        lock(&self.world.directory).exchange_roles.push(role.to_owned());
    }

    /// Removes the permission and the role in Exchange of this name. Tokens that were issued before keep their
    /// permissions.
    pub fn revoke(&self, name: &str) {
        self.change_application(|application| application.granted.retain(|granted| granted != name));
        lock(&self.world.directory).exchange_roles.retain(|role| role != name);
    }

    /// Changes the application that the tenant is configured with.
    fn change_application(&self, change: impl FnOnce(&mut directory::Application)) {
        if let Some(application) = lock(&self.world.directory).application_mut(self.world.tenant.client_id) {
            change(application);
        }
    }

    /// Changes how many seats of a product were bought.
    pub fn set_seats(&self, sku_id: Uuid, enabled: u32) {
        let mut directory = lock(&self.world.directory);
        if let Some(sku) = directory.skus.iter_mut().find(|sku| sku.id == sku_id) {
            sku.enabled = enabled;
        }
    }

    /// Writes a property of a user, as an administrator does; false if there is no user of this sign-in name or the
    /// value is taken.
    #[must_use]
    pub fn change_user(&self, name: &str, property: &str, value: serde_json::Value) -> bool {
        let mut directory = lock(&self.world.directory);
        let Some(mut user) = directory.user_by_name(name).cloned() else { return false };
        user.properties.insert(property.to_owned(), value);
        directory.replace(user).is_ok()
    }

    /// Moves the tenant's clock ahead: lags end, tokens and assertions expire.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
    }

    /// Gives a user another sign-in name, as an admin does; false if there is no such user or the name is taken.
    pub fn rename_user(&self, name: &str, new_name: &str) -> bool {
        let mut directory = lock(&self.world.directory);
        let Some(mut user) = directory.user_by_name(name).cloned() else { return false };
        user.rename(new_name);
        directory.replace(user).is_ok()
    }

    /// Deletes a user, as an admin does; false if there is no such user.
    pub fn delete_user(&self, name: &str) -> bool {
        let mut directory = lock(&self.world.directory);
        let Some(id) = directory.user_by_name(name).map(|user| user.id) else { return false };
        directory.delete(id, self.world.clock.now_ms())
    }

    /// Restores a deleted user, as an admin does; false if there is no such deleted user or the name is taken.
    pub fn restore_user(&self, name: &str) -> bool {
        let mut directory = lock(&self.world.directory);
        let Some(id) = directory.all_deleted().find(|user| user.name() == name).map(|user| user.id) else {
            return false;
        };
        directory.restore(id, None).is_ok()
    }

    /// Tries a user name and a password, as the token endpoint would.
    #[must_use]
    pub fn sign_in(&self, name: &str, password: &str) -> SignIn {
        entra::sign_in(&self.world, name, password).0
    }

    /// The latest mail to an address; waits until there is one.
    pub async fn mail_to(&self, address: &str) -> Mail {
        self.until(|sandbox| sandbox.world.inbox.latest_to(address).as_deref().cloned()).await
    }

    /// Waits until `look` finds something; looks again when a request comes, after each request and after each step of
    /// a mail session.
    pub async fn until<T>(&self, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let mut changes = self.world.changes();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            // The sender is part of the world, which lives as long as `self`.
            let _ = changes.changed().await;
        }
    }

    /// Stops the sandbox, and waits until all connections are closed and all ports are free.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let bind = async {
        let listener = TcpListener::bind(address).await?;
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    };
    bind.await.map_err(|source| StartError::Listen { address, source })
}

fn router(world: &Arc<World>) -> Router {
    Router::new()
        .merge(entra::router())
        .merge(control::router())
        .route("/v1.0/{*path}", any(graph::handle))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(map_response_with_state(Arc::clone(world), date))
        .with_state(Arc::clone(world))
}

/// Sets the `Date` header of every answer, by the tenant's clock.
async fn date(extract::State(world): extract::State<Arc<World>>, mut response: Response) -> Response {
    if let Ok(date) = HeaderValue::from_str(&clock::http_date(world.clock.now_ms())) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// Locks without regard to a panic elsewhere: the state is consistent after each statement that
/// changes it, and a simulator that stops answering would hide the panic's cause.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
