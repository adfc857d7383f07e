package vn.vanggia.app.screens

import android.view.View
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.CaseView
import vn.vanggia.core.FormRow
import vn.vanggia.core.PaperRow

class CasesScreen(host: MainActivity) : Screen(host) {
    override val title get() = text(R.string.tab_cases)
    override val tab get() = Tab.CASES

    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this }

    override fun shown() = ask({ it.cases().list() }) { cases ->
        column.removeAllViews()
        if (cases.isEmpty()) column.text(text(R.string.cases_none), gap = host.dp(8))
        cases.forEach { column.caseRow(host, it) }
    }
}

class CaseScreen(host: MainActivity, private val id: String) : Screen(host) {
    override val title get() = text(R.string.tab_cases)

    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this }

    override fun shown() = ask({ Triple(it.cases().view(id), it.forms().about(record), it.records().papers(record)) }) { (case, here, papers) -> draw(case, here, papers) }

    private fun printPaper(paper: PaperRow) = ask({ it.records().paper(record, paper.id) }) { host.print(it) }

    override val record get() = "case:$id"

    private fun restrict() = host.confirm(text(R.string.case_restrict_ask), R.string.case_restrict) {
        ask({ it.cases().restrict(id) }) { shown() }
    }

    private fun draw(case: CaseView, here: List<FormRow>, papers: List<PaperRow>) {
        val steps = Steps(host, record, case.undecided, ::shown)
        column.removeAllViews()
        with(column) {
            case.alarm?.let { alarm(host, it, steps) }
            text(case.title, R.style.Headline, context.dp(4))
            text(case.state, R.style.Soft)
            if (case.restricted) {
                card(R.drawable.card_warn, context.dp(12)) {
                    text(text(R.string.restricted), R.style.Strong)
                    text(text(R.string.case_members) + ": " + case.members.joinToString(", ") { it.name }, R.style.Soft)
                }
            }
            undecided(case.undecided)
            steps(host, case.steps, steps)
            formsHere(host, here, record)
            conflicts(host, case.conflicts)
            if (case.tasks.isNotEmpty()) {
                section(text(R.string.case_tasks))
                case.tasks.forEach { task -> taskRow(task) { showLaw(host, task.ground) } }
            }
            timeline(case.timeline)
            if (case.people.isNotEmpty()) {
                section(text(R.string.case_people))
                people(host, case.people)
            }
            if (case.facts.isNotEmpty()) {
                section(text(R.string.case_facts))
                card { case.facts.forEach { fact(host, it) } }
            }
            sections(host, case.sections)
            paperButtons(papers, ::printPaper)
            if (case.mayRestrict) button(text(R.string.case_restrict), R.style.Button_Outline, gap = context.dp(20)) { restrict() }
        }
    }
}
