package vn.vanggia.app.screens

import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.EnrolAgain
import vn.vanggia.core.SyncState

/** For a phone that can't go on with its office: a new invitation, and all that is here stays. */
class EnrolAgainScreen(host: MainActivity, private val why: EnrolAgain) : StepsScreen(host), TakesInvitation {
    override val title get() = text(R.string.enrol_again)
    override val field = InvitationField(host, host.invitation)

    override fun LinearLayout.first() = askCode()

    private fun LinearLayout.askCode(problem: String = "") {
        text(why.text, R.style.Body, context.dp(8))
        text(text(R.string.enrol_help), R.style.Soft, context.dp(12))
        if (problem.isNotEmpty()) text(problem, R.style.Problem, context.dp(16))
        add(field, context.dp(16))
        button(text(R.string.enrol_again), gap = context.dp(12)) { if (field.invitation.isNotEmpty()) enrol() }
    }

    private fun enrol() {
        working(R.string.enrol_working)
        val invitation = field.invitation
        ask({ it.access().enrolAgain(invitation) }, { step { askCode(it.text ?: text(R.string.bug)) } }) { carried ->
            host.invitation = ""
            step {
                card(R.drawable.card_note) { text(carried.text, R.style.Strong) }
                button(text(R.string.sync_start), icon = R.drawable.ic_sync, gap = context.dp(12)) {
                    host.enter(SyncScreen(host, startAtOnce = true))
                }
            }
        }
    }
}

/** Why the phone can't go on as it is, and the way out; nothing where it can. */
internal fun LinearLayout.enrolAgain(host: MainActivity, state: SyncState) {
    val why = state.enrolAgain ?: return
    card(R.drawable.card_danger, context.dp(14)) {
        text(why.text, R.style.Problem)
        button(context.getString(R.string.enrol_again), gap = context.dp(12)) { host.push(EnrolAgainScreen(host, why)) }
    }
}
