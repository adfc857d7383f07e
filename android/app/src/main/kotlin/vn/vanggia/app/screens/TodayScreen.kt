package vn.vanggia.app.screens

import android.view.View
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.CaseRow
import vn.vanggia.core.FormRow
import vn.vanggia.core.TaskRow
import vn.vanggia.core.TodayView

class TodayScreen(host: MainActivity) : Screen(host) {
    private var date = ""
    override val title get() = text(R.string.tab_today)
    override val subtitle get() = date
    override val tab get() = Tab.TODAY
    override val actions
        get() = listOf(
            BarAction(R.drawable.ic_person, R.string.account) { host.push(AccountScreen(host)) },
            BarAction(R.drawable.ic_lock, R.string.lock) { host.lock() },
        )

    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this }

    override fun shown() = ask({ it.today().view() to it.forms().list() }) { (today, forms) -> draw(today, forms) }

    private fun draw(today: TodayView, forms: List<FormRow>) {
        date = today.date
        host.redrawBar()
        column.removeAllViews()
        with(column) {
            today.alarms.forEach { alarm -> alarm(host, alarm, steps(alarm.reference)) { openRecord(host, alarm.reference) } }
            worker(today.worker)
            restrictedHidden(today.worker)
            tasks(today)
            enrolAgain(host, today.sync)
            sync(today)
            drafts(today)
            start(forms)
            if (today.due.isNotEmpty()) {
                section(text(R.string.today_due))
                today.due.forEach { due ->
                    val by = text(R.string.due_by, due.due)
                    val about = if (due.overdue) due.line else "${due.line}\n$by"
                    val alarm = if (due.overdue) "${text(R.string.overdue)}: $by" else ""
                    row(due.title, about, alarm, R.drawable.ic_calendar) { openRecord(host, due.reference) }
                }
            }
            if (today.openCases.isNotEmpty()) {
                section(text(R.string.today_cases))
                today.openCases.forEach { caseRow(host, it) }
            }
        }
    }

    private fun LinearLayout.sync(today: TodayView) {
        val state = today.sync
        val waiting = state.changesWaiting > 0u || state.photosWaiting > 0u
        val told = state.heldBack.isNotEmpty() || state.notices.isNotEmpty() || state.enrolAgain != null
        card(if (waiting || told) R.drawable.card_warn else R.drawable.card_note, context.dp(14)) {
            val sent = when {
                waiting -> text(R.string.today_waiting, state.changesWaiting.toInt(), state.photosWaiting.toInt())
                // Until it is enrolled again nobody knows what the office has.
                state.enrolAgain != null -> ""
                else -> text(R.string.today_all_sent)
            }
            if (sent.isNotEmpty()) text(sent, R.style.Strong)
            text(state.last, R.style.Soft, context.dp(2))
            if (state.heldBack.isNotEmpty()) text(text(R.string.sync_held), R.style.Problem, context.dp(6))
            state.notices.forEach { text(it.text, R.style.Problem, context.dp(6)) }
            button(text(R.string.today_sync), R.style.Button_Outline, R.drawable.ic_sync) {
                host.only(SyncScreen(host, startAtOnce = true))
            }
        }
    }

    private fun LinearLayout.start(forms: List<FormRow>) {
        section(text(R.string.today_start))
        if (forms.isEmpty()) {
            card(R.drawable.card_note) { text(text(R.string.today_no_forms)) }
            return
        }
        val alone = forms.filter { it.standsAlone }
        if (alone.any { it.isForHousehold }) {
            button(text(R.string.today_find), icon = R.drawable.ic_search) { host.openTab(Tab.HOUSEHOLDS) }
        }
        alone.sortedByDescending { it.isForHousehold }.forEach { form ->
            button(
                if (form.isForHousehold) text(R.string.today_new_household, form.title) else form.title,
                R.style.Button_Outline,
                if (form.restricted) R.drawable.ic_shield else R.drawable.ic_add,
            ) { startForm(host, form.id, null) }
        }
    }

    private fun LinearLayout.drafts(today: TodayView) {
        if (today.drafts.isEmpty()) return
        section(text(R.string.today_drafts))
        today.drafts.forEach { draft ->
            val name = listOfNotNull(draft.formTitle, draft.about).joinToString(" · ")
            row(name, text(R.string.today_started, draft.started), icon = R.drawable.ic_outline) {
                host.core.ask({ it.forms().resume(draft.draftId) }) { openForm(host, it) }
            }
            if (draft.newerVersion != null) {
                button(text(R.string.today_carry_over), R.style.Button_Outline, R.drawable.ic_sync, context.dp(4)) {
                    host.core.ask({ it.forms().carryOver(draft.draftId) }) { openForm(host, it, carriedOver = true) }
                }
            }
        }
    }

    private fun LinearLayout.tasks(today: TodayView) {
        val total = today.tasksTotal.toInt()
        section(text(R.string.today_tasks, total))
        if (today.tasks.isEmpty()) text(text(R.string.today_nothing), R.style.Soft, context.dp(4))
        today.tasks.forEach { task ->
            taskRow(task) { openRecord(host, task.reference) }
            task.next?.let { stepButton(it, R.style.Button_Outline, steps(task.reference), context.dp(2)) }
        }
        val more = total - today.tasks.size
        if (more > 0) text(text(R.string.today_tasks_more, more), R.style.Soft, context.dp(8))
    }

    private fun steps(record: String) = Steps(host, record, emptyList(), ::shown)
}

private val FormRow.isForHousehold get() = about == "household"

/** Starts a form about a record (`person:<id>`), or on its own, and opens it. */
fun startForm(host: MainActivity, form: String, about: String?) =
    host.core.ask({ it.forms().start(form, about) }) { openForm(host, it) }

/** Buttons that start the forms about a record. */
internal fun LinearLayout.formsHere(host: MainActivity, forms: List<FormRow>, about: String) = forms.forEach { form ->
    button(form.title, icon = if (form.restricted) R.drawable.ic_shield else R.drawable.ic_add, gap = context.dp(14)) { startForm(host, form.id, about) }
}

internal fun LinearLayout.taskRow(task: TaskRow, run: () -> Unit): View {
    val due = listOf(context.getString(R.string.due_by, task.due), task.left).filter { it.isNotEmpty() }.joinToString(" · ")
    val about = listOf(if (task.overdue) "" else due, task.note, task.ground).filter { it.isNotEmpty() }.joinToString("\n")
    val alarm = if (task.overdue) "${context.getString(R.string.overdue)}: $due" else ""
    return row(task.title, about, alarm, R.drawable.ic_clock, run)
}

internal fun LinearLayout.caseRow(host: MainActivity, case: CaseRow): View {
    val state = listOf(case.state, case.opened).filter { it.isNotEmpty() }.joinToString(" · ")
    val about = listOf(
        if (case.restricted) "$state · ${context.getString(R.string.restricted)}" else state,
        if (case.overdue) "" else case.due,
    ).filter { it.isNotEmpty() }.joinToString("\n")
    val alarm = if (case.overdue) "${context.getString(R.string.overdue)}: ${case.due}" else ""
    return row(case.title, about, alarm, if (case.restricted) R.drawable.ic_shield else R.drawable.ic_cases) {
        host.push(CaseScreen(host, case.id))
    }
}
