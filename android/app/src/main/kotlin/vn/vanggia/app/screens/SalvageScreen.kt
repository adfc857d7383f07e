package vn.vanggia.app.screens

import android.widget.LinearLayout
import vn.vanggia.app.*

/** For damaged data: by the PIN, what can be read goes on; the core says what became of it. */
class SalvageScreen(host: MainActivity) : StepsScreen(host) {
    override val title get() = text(R.string.salvage)
    override val beforePin get() = true

    override fun LinearLayout.first() = askPin()

    private fun LinearLayout.askPin(problem: String = "") =
        askPin(R.string.pin_enter, if (problem.isEmpty()) text(R.string.salvage_help) else "", problem, ::salvage)

    private fun salvage(pin: String) {
        working(R.string.working)
        ask({ it.access().salvage(pin) }, ::refused) { salvaged ->
            step {
                card(if (salvaged.isWhole) R.drawable.card_note else R.drawable.card_warn) { text(salvaged.text, R.style.Strong) }
                button(text(R.string.next), gap = context.dp(12)) { host.enter(TodayScreen(host)) }
            }
        }
    }

    private fun refused(error: Answer.Failed) = step {
        val problem = error.text ?: text(R.string.bug)
        if (!error.opensNoMore) return@step askPin(problem)
        text(problem, R.style.Problem, context.dp(8))
        setAside(host)
    }
}
