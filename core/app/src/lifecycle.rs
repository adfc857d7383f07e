//! What happens to an app as a whole, for those who hold something of a worker's records meanwhile.

/// Hears of the app's pauses and locks. It must not call back into the app.
pub trait LifecycleObserver: Send + Sync {
    /// The files are about to be closed.
    fn on_pause(&self) {}
    /// The keys are forgotten: so is what was read with them.
    fn on_lock(&self) {}
}
