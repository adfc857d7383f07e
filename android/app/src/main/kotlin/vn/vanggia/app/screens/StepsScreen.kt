package vn.vanggia.app.screens

import android.view.Gravity
import android.view.View
import android.widget.LinearLayout
import android.widget.ScrollView
import vn.vanggia.app.*

/** One question after the other, each in the place of the one before. */
abstract class StepsScreen(host: MainActivity) : Screen(host) {
    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this; first() }

    protected abstract fun LinearLayout.first()

    protected fun step(build: LinearLayout.() -> Unit) {
        host.hideKeyboard()
        column.removeAllViews()
        column.build()
        (view as ScrollView).scrollTo(0, 0)
    }

    protected fun working(words: Int) = step {
        text(text(words), R.style.Headline, context.dp(40)).gravity = Gravity.CENTER
    }

    protected fun LinearLayout.askPin(heading: Int, about: String = "", problem: String = "", then: (String) -> Unit) {
        text(text(heading), R.style.Headline, context.dp(20)).apply { gravity = Gravity.CENTER; accessibilityHeading(this) }
        if (about.isNotEmpty()) text(about, R.style.Soft, context.dp(8)).gravity = Gravity.CENTER
        if (problem.isNotEmpty()) text(problem, R.style.Problem, context.dp(8))
        add(PinPad(context, then), context.dp(28))
    }

    /** A new PIN, twice. */
    protected fun newPin(heading: Int, problem: String = "", then: (String) -> Unit): Unit = step {
        val about = if (problem.isEmpty()) text(R.string.pin_choose_help) else ""
        askPin(heading, about, problem) { first ->
            step {
                askPin(R.string.pin_repeat) { second ->
                    if (second == first) then(second) else newPin(heading, text(R.string.pin_differs), then)
                }
            }
        }
    }
}
