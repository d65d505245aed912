//! The running server.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, bail};
use axum::{Router, extract::DefaultBodyLimit};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    anthropic,
    chance::{join, mix},
    connection::{Loopback, Wire},
    control,
    fault_plan::FaultPlan,
    fault_rule::Faults,
    google,
    latency::Latency,
    models, openai_chat, openai_responses,
    profile::Profiles,
    request_log::RequestLog,
    wire_format::WireFormat,
};

// Real providers take long conversations; tests send answers of 10 MB back.
const BODY_MAX: usize = 64 << 20;

/// How a simulated provider starts. The default is the built-in models without faults.
#[derive(Debug, Clone)]
pub struct SimOptions {
    /// A loopback address; port 0 picks a free one. Default `127.0.0.1:0`.
    pub addr: SocketAddr,
    /// The models. Default the built-in ones.
    pub profiles: Profiles,
    /// What goes wrong. Default nothing.
    pub faults: Faults,
    /// How long answers take. Default no time.
    pub latency: Latency,
    /// The key every call must carry, where its vendor wants it. None: any or none will do.
    pub required_key: Option<String>,
    /// Decides, with the request, every answer, latency and fault. Default 0.
    pub seed: u64,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            profiles: Profiles::builtin(),
            faults: Faults::none(),
            latency: Latency::None,
            required_key: None,
            seed: 0,
        }
    }
}

/// A running simulated provider. Dropping it stops it.
#[derive(Debug)]
pub struct Sim {
    addr: SocketAddr,
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

/// What all handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) seed: u64,
    pub(crate) required_key: Option<String>,
    pub(crate) log: RequestLog,
    pub(crate) stop: CancellationToken,
    behaviour: RwLock<Arc<Behaviour>>,
    served: AtomicU64,
}

/// What can be changed while the server runs. A call keeps to what was in force as it came.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    pub(crate) profiles: Arc<Profiles>,
    pub(crate) plan: Arc<FaultPlan>,
    pub(crate) latency: Latency,
}

impl Shared {
    /// Different for each request of this server.
    pub(crate) fn next_id(&self) -> u64 {
        mix(join(self.seed, self.served.fetch_add(1, Ordering::Relaxed)))
    }

    pub(crate) fn behaviour(&self) -> Arc<Behaviour> {
        Arc::clone(&self.behaviour.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Behaviour)) {
        let mut behaviour = self.behaviour.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut behaviour));
    }
}

impl Sim {
    /// Binds the address and serves from tasks of the current runtime.
    ///
    /// # Errors
    /// An address that is not loopback, or one that is taken.
    pub async fn start(options: SimOptions) -> anyhow::Result<Sim> {
        if !options.addr.ip().is_loopback() {
            bail!("the simulated provider serves loopback only; {} is not a loopback address", options.addr);
        }
        let listener = TcpListener::bind(options.addr)
            .await
            .with_context(|| format!("cannot listen on {}", options.addr))?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            seed: options.seed,
            required_key: options.required_key,
            log: RequestLog::default(),
            stop: CancellationToken::new(),
            behaviour: RwLock::new(Arc::new(Behaviour {
                profiles: Arc::new(options.profiles),
                plan: Arc::new(FaultPlan::new(options.faults)),
                latency: options.latency,
            })),
            served: AtomicU64::new(0),
        });
        let app = Router::new()
            .merge(openai_chat::routes())
            .merge(openai_responses::routes())
            .merge(anthropic::routes())
            .merge(google::routes())
            .merge(models::routes())
            .merge(control::routes())
            .fallback(models::unknown_path)
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .with_state(Arc::clone(&shared))
            .into_make_service_with_connect_info::<Wire>();
        let stopped = shared.stop.clone().cancelled_owned();
        let task = tokio::spawn(async move {
            let served = axum::serve(Loopback(listener), app).with_graceful_shutdown(stopped);
            if let Err(error) = served.await {
                tracing::error!(%error, "the simulated provider stopped");
            }
        });
        Ok(Sim { addr, shared, task: Some(task) })
    }

    /// Where an OpenAI client points its base URL: `http://127.0.0.1:PORT/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.addr)
    }

    /// Where a client of this wire format points its base URL, up to the version: the paths
    /// below it are the format's own (`/messages`, `/models/NAME:generateContent`).
    ///
    /// The SDKs of Anthropic and Google add the version themselves: they take
    /// `http://127.0.0.1:PORT`.
    pub fn base_url_of(&self, format: WireFormat) -> String {
        format!("http://{}/{}", self.addr, format.version())
    }

    /// The address that is served.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What was asked so far; stays readable after the server has stopped.
    pub fn log(&self) -> RequestLog {
        self.shared.log.clone()
    }

    /// Replaces the faults for calls that come from now on; `first_n` counts begin anew.
    pub fn set_faults(&self, faults: Faults) {
        let plan = Arc::new(FaultPlan::new(faults));
        self.shared.change(|behaviour| behaviour.plan = plan);
    }

    /// Replaces the latency for calls that come from now on.
    pub fn set_latency(&self, latency: Latency) {
        self.shared.change(|behaviour| behaviour.latency = latency);
    }

    /// Replaces the models for calls that come from now on.
    pub fn set_profiles(&self, profiles: Profiles) {
        let profiles = Arc::new(profiles);
        self.shared.change(|behaviour| behaviour.profiles = profiles);
    }

    /// Stops accepting, resets what is unanswered and waits for the rest, 5 seconds at most.
    pub async fn shutdown(mut self) {
        self.shared.stop.cancel();
        if let Some(mut task) = self.task.take()
            && tokio::time::timeout(Duration::from_secs(5), &mut task).await.is_err()
        {
            // A client that does not read its answer must not hold up everybody else.
            task.abort();
        }
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}
