package vn.vanggia.app

import android.view.View
import vn.vanggia.core.App

/** One screen of the stack; its view is made once and kept while the screen is on the stack. */
abstract class Screen(protected val host: MainActivity) {
    abstract val title: String
    /** Second line of the bar. */
    open val subtitle: String get() = ""
    open val tab: Tab? get() = null
    /** Whose page it is, as `kind:uuid`. */
    open val record: String? get() = null
    /** Buttons at the end of the bar. */
    open val actions: List<BarAction> get() = emptyList()
    /** False where nothing may lead back, as on the PIN. */
    open val bar: Boolean get() = true

    val view: View by lazy(LazyThreadSafetyMode.NONE) { create() }

    /** Stands where nobody has given a PIN yet. */
    open val beforePin: Boolean get() = false

    protected abstract fun create(): View

    /** Came to the front, first or again: fetch what it shows. */
    open fun shown() = Unit

    /** Leaves the front, or the app leaves the screen: hand over what was typed. */
    open fun hidden() = Unit

    /** Gone from the stack for good. */
    open fun closed() = Unit

    /** The phone's back key; true if the screen dealt with it. */
    open fun back(): Boolean = false

    /** The arrow in the bar, where it means something else than the key. */
    open fun up(): Boolean = false

    protected fun text(id: Int, vararg args: Any): String = host.getString(id, *args)

    /** Asks the core; an error is shown as it came. Nothing happens if the screen has gone meanwhile. */
    protected fun <T> ask(work: (App) -> T, then: (T) -> Unit) = ask(work, { host.showError(it) }, then)

    protected fun <T> ask(work: (App) -> T, failed: (Answer.Failed) -> Unit, then: (T) -> Unit) {
        host.core.ask(work) { answer ->
            if (!host.holds(this)) return@ask
            when (answer) {
                is Answer.Good -> then(answer.value)
                is Answer.Failed -> failed(answer)
            }
        }
    }
}

class BarAction(val icon: Int, val label: Int, val run: () -> Unit)

enum class Tab(val icon: Int, val label: Int) {
    TODAY(R.drawable.ic_today, R.string.tab_today),
    HOUSEHOLDS(R.drawable.ic_home, R.string.tab_households),
    CASES(R.drawable.ic_cases, R.string.tab_cases),
    SYNC(R.drawable.ic_sync, R.string.tab_sync),
}
