package vn.vanggia.app.screens

import android.view.View
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.WorkerView

/** Who is using the phone, and their PIN. */
class AccountScreen(host: MainActivity) : Screen(host) {
    override val title get() = text(R.string.account)

    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this }

    override fun shown() = ask({ it.access().worker() }) { worker ->
        column.removeAllViews()
        with(column) {
            worker(worker)
            button(text(R.string.pin_change), R.style.Button_Outline, R.drawable.ic_key, context.dp(20)) { host.push(ChangePinScreen(host)) }
            button(text(R.string.lock), R.style.Button_Outline, R.drawable.ic_lock) { host.lock() }
            hiding(worker)
            button(text(R.string.practise), R.style.Button_Outline, R.drawable.ic_home, context.dp(20)) {
                ask({ it.households().practise() }) { host.push(HouseholdScreen(host, it)) }
            }
            text(text(R.string.practise_help), R.style.Soft, context.dp(4))
        }
    }

    /** For the while in which somebody else looks at the phone. */
    private fun LinearLayout.hiding(worker: WorkerView) {
        if (worker.restrictedHidden != null) return restrictedHidden(worker)
        button(text(R.string.hide_restricted), R.style.Button_Outline, R.drawable.ic_shield, context.dp(20), ::hide)
        text(text(R.string.hide_restricted_help), R.style.Soft, context.dp(4))
    }

    /** No screen stays of those that stood open. */
    private fun hide() = ask({ it.access().hideRestricted() }) { host.enter(TodayScreen(host)) }
}

/** The present PIN, as the phone may lie open on a table; then a new one, twice. */
class ChangePinScreen(host: MainActivity) : StepsScreen(host) {
    override val title get() = text(R.string.pin_change)

    override fun LinearLayout.first() = askPresent()

    private fun LinearLayout.askPresent(problem: String = "") =
        askPin(R.string.pin_present, problem = problem) { present -> newPin(R.string.pin_choose_new) { change(present, it) } }

    private fun change(present: String, new: String) {
        working(R.string.working)
        ask({ it.access().changePin(present, new) }, { step { askPresent(it.text ?: text(R.string.bug)) } }) {
            host.pop()
            host.tell(text(R.string.pin_changed))
        }
    }
}

/** That they are out of sight, and how to see them again; nothing where they are not. */
internal fun LinearLayout.restrictedHidden(worker: WorkerView) {
    val told = worker.restrictedHidden ?: return
    card(R.drawable.card_note, context.dp(14)) { text(told, R.style.Strong) }
}

internal fun LinearLayout.worker(worker: WorkerView) {
    text(worker.name, R.style.Headline, context.dp(4))
    text((listOf(worker.role) + worker.places).filter { it.isNotEmpty() }.joinToString(" · "), R.style.Soft)
}
