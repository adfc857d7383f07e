package vn.vanggia.app.screens

import android.view.View
import android.widget.HorizontalScrollView
import android.widget.ImageView
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.FormRow
import vn.vanggia.core.HouseholdView
import vn.vanggia.core.MemberRow
import vn.vanggia.core.PhotoRow

class HouseholdScreen(host: MainActivity, private val household: String) : Screen(host) {
    private var place = ""
    override val title get() = text(R.string.tab_households)
    override val subtitle get() = place

    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this }

    override fun shown() = ask({ Triple(it.households().view(household), it.forms().about(record), it.forms().list()) }) { (household, here, all) ->
        draw(household, here, all)
    }

    private val record get() = "household:$household"

    private fun draw(household: HouseholdView, here: List<FormRow>, all: List<FormRow>) {
        place = household.place
        host.redrawBar()
        column.removeAllViews()
        with(column) {
            text(household.name, R.style.Headline, context.dp(4))
            text(listOf(household.address, household.place).filter { it.isNotEmpty() }.joinToString("\n"), R.style.Soft)
            formsHere(host, here, record)
            if (household.mayOpenCase) button(text(R.string.household_open_case), R.style.Button_Outline, R.drawable.ic_cases) { openCase() }
            conflicts(household)
            if (household.cases.isNotEmpty()) {
                section(text(R.string.household_cases))
                household.cases.forEach { caseRow(host, it) }
            }
            section(text(R.string.household_members, household.members.size))
            people(host, household.members, all)
            if (household.goals.isNotEmpty()) {
                section(text(R.string.household_goals))
                card { household.goals.forEach { text("• ${it.line}", gap = context.dp(2)) } }
            }
            photos(household.photos)
            if (household.facts.isNotEmpty()) {
                section(text(R.string.household_facts))
                card { household.facts.forEach { fact(it.label, it.value) } }
            }
            visits(household)
        }
    }

    private fun LinearLayout.conflicts(household: HouseholdView) {
        if (household.conflicts.isEmpty()) return
        section(text(R.string.household_conflicts))
        card(R.drawable.card_warn) { household.conflicts.forEach { text(it.text, gap = context.dp(2)) } }
    }

    private fun LinearLayout.visits(household: HouseholdView) {
        if (household.visits.isEmpty()) return
        section(text(R.string.household_visits))
        household.visits.forEach { visit ->
            val about = if (visit.agreed.isEmpty()) "" else text(R.string.household_agreed, visit.agreed)
            row(listOf(visit.date, visit.purpose).filter { it.isNotEmpty() }.joinToString(" · "), about, icon = R.drawable.ic_calendar)
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
        load(picture, photo.id)
        if (photo.here) picture.setOnClickListener { host.push(PhotoScreen(host, photo.id, name)) }
        return around
    }

    private fun load(into: ImageView, photo: String) =
        ask({ decode(it.households().thumbnail(photo)) }, { }) { into.setImageBitmap(it) }

    private fun openCase() = host.askText(text(R.string.household_case_reason), R.string.household_open_case) { reason ->
        ask({ it.cases().open(household, reason) }) { host.push(CaseScreen(host, it)) }
    }
}

/** People, each with the forms about them behind a touch where there are any. */
internal fun LinearLayout.people(host: MainActivity, people: List<MemberRow>, forms: List<FormRow>) {
    if (forms.none { it.about == "person" }) card { people.forEach { member(it.name, it.about) } }
    else people.forEach { row(it.name, it.about, icon = R.drawable.ic_person) { chooseForm(host, "person:${it.id}") } }
}

private fun LinearLayout.member(name: String, about: String) {
    text(name, R.style.Strong, if (childCount == 0) 0 else context.dp(10))
    if (about.isNotEmpty()) text(about, R.style.Soft)
}
