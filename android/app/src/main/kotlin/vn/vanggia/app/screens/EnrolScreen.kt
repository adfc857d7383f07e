package vn.vanggia.app.screens

import android.content.ClipboardManager
import android.text.InputType
import android.view.Gravity
import android.view.View
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ScrollView
import vn.vanggia.app.*

/** Makes this phone a device of a worker: the office's invitation, then a PIN, twice. */
class EnrolScreen(host: MainActivity, invitation: String) : Screen(host) {
    override val title get() = text(R.string.enrol_title)

    private val code = EditText(host, null, 0, R.style.Field).apply {
        hint = text(R.string.enrol_code)
        inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_MULTI_LINE or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
        minLines = 4
        gravity = Gravity.TOP
        setText(invitation)
        contentDescription = hint
    }
    private var first = ""
    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this; askCode() }

    private fun fresh(build: LinearLayout.() -> Unit) {
        column.removeAllViews()
        column.build()
        (view as ScrollView).scrollTo(0, 0)
    }

    private fun LinearLayout.askCode(problem: String = "") {
        (code.parent as? LinearLayout)?.removeView(code)
        text(text(R.string.enrol_help), R.style.Body, context.dp(8))
        if (problem.isNotEmpty()) text(problem, R.style.Problem, context.dp(16))
        add(code, context.dp(16))
        button(text(R.string.enrol_paste), R.style.Button_Outline, gap = context.dp(12)) { paste() }
        button(text(R.string.next), gap = context.dp(12)) {
            if (code.text.isNotBlank()) {
                host.hideKeyboard()
                fresh { askPin(R.string.pin_choose, text(R.string.pin_choose_help), false) { first = it; repeatPin() } }
            }
        }
    }

    private fun repeatPin(): Unit = fresh {
        askPin(R.string.pin_repeat, "", false) { second ->
            if (second == first) enrol(second)
            else fresh { askPin(R.string.pin_choose, text(R.string.pin_differs), true) { first = it; repeatPin() } }
        }
    }

    private fun LinearLayout.askPin(heading: Int, about: String, isProblem: Boolean, then: (String) -> Unit) {
        gravity = Gravity.CENTER_HORIZONTAL
        text(text(heading), R.style.Headline, context.dp(20)).apply { gravity = Gravity.CENTER; accessibilityHeading(this) }
        if (about.isNotEmpty()) {
            text(about, if (isProblem) R.style.Problem else R.style.Soft, context.dp(8)).apply {
                if (!isProblem) gravity = Gravity.CENTER
            }
        }
        add(PinPad(context, then), context.dp(28))
    }

    private fun enrol(pin: String) {
        first = ""
        fresh { text(text(R.string.enrol_working), R.style.Headline, context.dp(40)).gravity = Gravity.CENTER }
        val invitation = code.text.toString().trim()
        ask({ it.access().enrol(invitation, pin) }, { fresh { askCode(it.text ?: text(R.string.bug)) } }) {
            host.only(SyncScreen(host, startAtOnce = true))
        }
    }

    private fun paste() {
        val clip = host.getSystemService(ClipboardManager::class.java)?.primaryClip ?: return
        if (clip.itemCount > 0) code.setText(clip.getItemAt(0).coerceToText(host).trim())
    }
}
