package vn.vanggia.app.screens

import android.content.Intent
import android.graphics.Typeface
import android.text.InputType
import android.view.Gravity
import android.view.View
import android.widget.EditText
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.RecoveryRequest

/** For who forgot the PIN, or whose phone lost its key: the request for the office, the code it reads out, a new PIN. */
class RecoverScreen(host: MainActivity) : StepsScreen(host) {
    override val title get() = text(R.string.pin_forgotten)
    override val beforePin get() = true

    private var request: RecoveryRequest? = null
    private val code = EditText(host, null, 0, R.style.Field).apply {
        hint = text(R.string.recover_code_hint)
        contentDescription = text(R.string.recover_code)
        inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_CAP_CHARACTERS or
            InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS or InputType.TYPE_TEXT_VARIATION_VISIBLE_PASSWORD
        typeface = Typeface.MONOSPACE
    }

    override fun LinearLayout.first() = Unit

    override fun shown() {
        if (request == null) ask({ it.access().recoveryRequest() }, ::unavailable) {
            request = it
            step { show(it) }
        }
    }

    private fun unavailable(error: Answer.Failed) = step {
        text(error.text ?: text(R.string.bug), R.style.Problem, context.dp(8))
        if (error.opensNoMore) setAside(host)
        else button(text(R.string.retry), R.style.Button_Outline, gap = context.dp(16)) { shown() }
    }

    private fun LinearLayout.show(request: RecoveryRequest, problem: String = "") {
        text(request.text, R.style.Body, context.dp(8))
        section(text(R.string.recover_request))
        card {
            // Line by line, as it is read to somebody on the phone.
            request.request.split('-').chunked(GROUPS_A_LINE).forEach { groups ->
                text(groups.joinToString(" "), R.style.Code, context.dp(2)).gravity = Gravity.CENTER
            }
        }
        button(text(R.string.recover_send), R.style.Button_Outline) { send(request.request) }
        section(text(R.string.recover_code))
        if (problem.isNotEmpty()) text(problem, R.style.Problem, context.dp(4))
        add(code, context.dp(8))
        button(text(R.string.next), gap = context.dp(12)) {
            if (code.text.isNotBlank()) newPin(R.string.pin_choose_new) { recover(request, it) }
        }
    }

    private fun recover(request: RecoveryRequest, pin: String) {
        working(R.string.pin_checking)
        val code = code.text.toString()
        ask({ it.access().recover(code, pin) }, { refused(request, it) }) { host.enter(TodayScreen(host)) }
    }

    private fun refused(request: RecoveryRequest, error: Answer.Failed) =
        if (error.opensNoMore) unavailable(error) else step { show(request, error.text ?: text(R.string.bug)) }

    /** No secret: it may go as a text message. */
    private fun send(request: String) {
        val message = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, request)
        host.startActivity(Intent.createChooser(message, text(R.string.recover_send)))
    }

    private companion object {
        const val GROUPS_A_LINE = 4
    }
}
