package vn.vanggia.app.screens

import android.view.View
import vn.vanggia.app.*
import vn.vanggia.core.FinishedView

/** What follows from a finished form: deadlines with their ground, suggestions. */
class FinishedScreen(host: MainActivity, private val visit: FinishedView) : Screen(host) {
    override val title get() = text(R.string.finished_title)

    override fun create(): View = host.page {
        card(R.drawable.card_note) {
            text(visit.title, R.style.Headline)
            text(text(R.string.finished_kept), gap = context.dp(4))
        }
        if (visit.advice.isNotEmpty()) {
            section(text(R.string.finished_advice))
            visit.advice.forEach { advice ->
                card {
                    text(advice.text)
                    ground(host, advice.ground)
                }
            }
        }
        visit.householdId?.let { id ->
            button(text(R.string.finished_household), R.style.Button_Outline, R.drawable.ic_home, context.dp(20)) {
                host.leaveFor(HouseholdScreen(host, id))
            }
        }
        visit.caseId?.let { id ->
            button(text(R.string.finished_case), R.style.Button_Outline, R.drawable.ic_cases) { host.leaveFor(CaseScreen(host, id)) }
        }
        button(text(R.string.today_sync), icon = R.drawable.ic_sync) { host.only(SyncScreen(host, startAtOnce = true)) }
        button(text(R.string.tab_today), R.style.Button_Outline, R.drawable.ic_today) { host.openTab(Tab.TODAY) }
    }
}
