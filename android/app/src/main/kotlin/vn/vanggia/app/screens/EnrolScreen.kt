package vn.vanggia.app.screens

import android.widget.LinearLayout
import vn.vanggia.app.*

/** Makes this phone a device of a worker, the first or one more: the office's invitation, then a PIN, twice. */
class EnrolScreen(host: MainActivity) : StepsScreen(host), TakesInvitation {
    override val title get() = text(R.string.enrol_title)
    override val beforePin get() = true
    override val field = InvitationField(host, host.invitation)

    override fun LinearLayout.first() = askCode()

    private fun LinearLayout.askCode(problem: String = "") {
        text(text(R.string.enrol_help), R.style.Body, context.dp(8))
        if (problem.isNotEmpty()) text(problem, R.style.Problem, context.dp(16))
        add(field, context.dp(16))
        button(text(R.string.next), gap = context.dp(12)) {
            if (field.invitation.isNotEmpty()) newPin(R.string.pin_choose, then = ::enrol)
        }
    }

    private fun enrol(pin: String) {
        working(R.string.enrol_working)
        val invitation = field.invitation
        ask({ it.access().enrol(invitation, pin) }, { step { askCode(it.text ?: text(R.string.bug)) } }) {
            host.invitation = ""
            host.enter(SyncScreen(host, startAtOnce = true))
        }
    }
}

/** A screen into which an invitation goes that another app hands over. */
interface TakesInvitation {
    val field: InvitationField
}
