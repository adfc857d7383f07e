package vn.vanggia.app.screens

import android.widget.LinearLayout
import vn.vanggia.app.*

/** For data that nothing opens any more: it stays on the phone as it is, for the office, and the phone is enrolled anew. */
class SetAsideScreen(host: MainActivity) : StepsScreen(host) {
    override val title get() = text(R.string.set_aside_title)
    override val beforePin get() = true

    override fun LinearLayout.first() = explain()

    private fun LinearLayout.explain(problem: String = "") {
        if (problem.isNotEmpty()) text(problem, R.style.Problem, context.dp(8))
        text(text(R.string.set_aside_help), R.style.Body, context.dp(8))
        button(text(R.string.set_aside), gap = context.dp(20)) {
            host.confirm(text(R.string.set_aside_ask), R.string.set_aside_title, ::setAside)
        }
    }

    private fun setAside() {
        working(R.string.working)
        ask({ it.access().setAside() }, { step { explain(it.text ?: text(R.string.bug)) } }) { host.restart() }
    }
}

/** What the core says where no PIN and no code opens the chosen worker's data any more. */
internal val Answer.Failed.opensNoMore get() = code == "store.key-file-damaged" || code == "app.nothing-salvaged"

/** The way out, where there is no other. */
internal fun LinearLayout.setAside(host: MainActivity) =
    button(context.getString(R.string.set_aside), gap = context.dp(16)) { host.push(SetAsideScreen(host)) }
