//! A request to stop: whoever listens to signals makes it, the session obeys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(feature = "live")]
use std::time::Duration;

/// A request to stop, shared by all clones.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    asked: AtomicBool,
    #[cfg(feature = "live")]
    wake: tokio::sync::Notify,
}

impl Stop {
    /// Asks the session to end: the statement in hand is cancelled and rolled back.
    pub fn request(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
        #[cfg(feature = "live")]
        self.0.wake.notify_waiters();
    }

    /// Tells whether somebody asked.
    pub fn is_requested(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }
}

#[cfg(feature = "live")]
impl Stop {
    /// Waits until somebody asks.
    pub(crate) async fn requested(&self) {
        // A waiter that is made before the look misses no request after it.
        let woken = self.0.wake.notified();
        if !self.is_requested() {
            woken.await;
        }
    }

    /// Sleeps, unless somebody asks.
    pub(crate) async fn sleep(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.requested() => {}
        }
    }
}
