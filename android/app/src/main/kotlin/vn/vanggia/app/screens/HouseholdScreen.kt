package vn.vanggia.app.screens

import android.view.View
import android.widget.HorizontalScrollView
import android.widget.ImageView
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.FormRow
import vn.vanggia.core.HouseholdView
import vn.vanggia.core.MemberRow
import vn.vanggia.core.PaperRow
import vn.vanggia.core.PhotoRow

class HouseholdScreen(host: MainActivity, private val household: String) : Screen(host) {
    private var place = ""
    override val title get() = text(R.string.tab_households)
    override val subtitle get() = place

    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this }

    override fun shown() = ask({ Triple(it.households().view(household), it.forms().about(record), it.records().papers(record)) }) { (household, here, papers) -> draw(household, here, papers) }

    private fun printPaper(paper: PaperRow) = ask({ it.records().paper(record, paper.id) }) { host.print(it) }

    override val record get() = "household:$household"

    private fun draw(household: HouseholdView, here: List<FormRow>, papers: List<PaperRow>) {
        place = household.place
        host.redrawBar()
        column.removeAllViews()
        with(column) {
            text(household.name, R.style.Headline, context.dp(4))
            text(listOf(household.address, household.place).filter { it.isNotEmpty() }.joinToString("\n"), R.style.Soft)
            formsHere(host, here, record)
            if (household.mayOpenCase) button(text(R.string.household_open_case), R.style.Button_Outline, R.drawable.ic_cases) { openCase() }
            conflicts(host, household.conflicts)
            if (household.cases.isNotEmpty()) {
                section(text(R.string.household_cases))
                household.cases.forEach { caseRow(host, it) }
            }
            section(text(R.string.household_members, household.members.size))
            people(host, household.members)
            photos(household.photos)
            if (household.facts.isNotEmpty()) {
                section(text(R.string.household_facts))
                card { household.facts.forEach { fact(host, it) } }
            }
            sections(host, household.sections, MOST_ROWS)
            paperButtons(papers, ::printPaper)
        }
    }

    private fun LinearLayout.photos(photos: List<PhotoRow>) {
        if (photos.isEmpty()) return
        section(text(R.string.household_photos))
        val strip = LinearLayout(context)
        photos.forEach { photo -> strip.addView(thumbnail(photo)) }
        add(HorizontalScrollView(context).apply { addView(strip) }, context.dp(8))
    }

    private fun thumbnail(photo: PhotoRow): View {
        val name = photo.caption.ifEmpty { photo.taken }
        val side = host.dimen(R.dimen.thumbnail)
        val picture = host.imageView(null, side, text(R.string.photo_open, name))
        val around = host.column {
            addView(picture, LinearLayout.LayoutParams(side, side))
            text(if (photo.here) name else text(R.string.photo_missing), R.style.Soft, context.dp(4)).maxLines = 2
            layoutParams = LinearLayout.LayoutParams(side, LinearLayout.LayoutParams.WRAP_CONTENT).apply { marginEnd = context.dp(10) }
        }
        load(picture, photo.reference)
        if (photo.here) picture.setOnClickListener { host.push(PhotoScreen(host, photo.reference, name)) }
        return around
    }

    private fun load(into: ImageView, photo: String) =
        ask({ decode(it.records().thumbnail(photo)) }, { }) { into.setImageBitmap(it) }

    private fun openCase() = host.askText(text(R.string.household_case_reason), R.string.household_open_case) { reason ->
        ask({ it.cases().open(household, reason) }) { host.push(CaseScreen(host, it)) }
    }
}

/** So many of each kind are shown at first. */
private const val MOST_ROWS = 3

/** People, each with their page behind a touch. */
internal fun LinearLayout.people(host: MainActivity, people: List<MemberRow>) =
    people.forEach { row(it.name, it.about, icon = R.drawable.ic_person) { openRecord(host, it.reference) } }
