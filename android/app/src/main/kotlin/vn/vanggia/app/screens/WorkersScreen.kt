package vn.vanggia.app.screens

import android.view.View
import android.widget.LinearLayout
import vn.vanggia.app.*

/** Whose PIN the lock screen asks for; one more worker comes by an invitation of theirs. */
class WorkersScreen(host: MainActivity) : Screen(host) {
    override val title get() = text(R.string.workers)
    override val beforePin get() = true

    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this }

    override fun shown() = ask({ it.access().workers() }) { workers ->
        column.removeAllViews()
        with(column) {
            text(text(R.string.workers_help), R.style.Body, context.dp(8))
            workers.forEach { worker ->
                row(worker.name, if (worker.isChosen) text(R.string.workers_chosen) else "", icon = R.drawable.ic_person) { choose(worker.id) }
            }
            button(text(R.string.workers_add), R.style.Button_Outline, R.drawable.ic_add, context.dp(16)) { host.push(EnrolScreen(host)) }
        }
    }

    private fun choose(worker: String) = ask({ it.access().chooseWorker(worker) }) { host.only(UnlockScreen(host)) }
}
