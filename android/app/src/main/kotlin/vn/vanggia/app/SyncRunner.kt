package vn.vanggia.app

import android.os.Handler
import android.os.Looper
import vn.vanggia.core.SyncHandle
import vn.vanggia.core.SyncObserver
import vn.vanggia.core.SyncProgress
import vn.vanggia.core.SyncSummary

/** The synchronisation that runs, whichever screen is open. All on the main thread. */
class SyncRunner(private val core: Core) {
    var progress: SyncProgress? = null
        private set
    var summary: SyncSummary? = null
        private set
    /** Why it could not start. */
    var failure: Answer.Failed? = null
        private set
    var running = false
        private set
    var stopping = false
        private set

    /** The screen that shows it, if one does. */
    var onChange: () -> Unit = {}

    private var handle: SyncHandle? = null
    private val main = Handler(Looper.getMainLooper())

    private val observer = object : SyncObserver {
        override fun progress(progress: SyncProgress) {
            main.post { change { if (running) this@SyncRunner.progress = progress } }
        }

        override fun finished(summary: SyncSummary) {
            main.post { change { end(); this@SyncRunner.summary = summary } }
        }
    }

    fun start() {
        if (running) return
        change {
            running = true
            progress = null
            summary = null
            failure = null
        }
        core.ask({ it.syncing().start(observer) }) { answer ->
            when (answer) {
                is Answer.Good -> if (running) handle = answer.value else answer.value.close()
                is Answer.Failed -> change { end(); failure = answer }
            }
        }
    }

    /** What another worker saw last. */
    fun forget() {
        summary = null
        failure = null
    }

    fun stop() {
        val handle = handle ?: return
        change { stopping = true }
        core.tell { handle.cancel() }
    }

    private fun end() {
        running = false
        stopping = false
        progress = null
        val handle = handle ?: return
        this.handle = null
        // Behind a `cancel` that may still wait in the queue.
        core.tell { handle.close() }
    }

    private fun change(what: () -> Unit) {
        what()
        onChange()
    }
}
