package vn.vanggia.app

import android.widget.CompoundButton
import android.widget.EditText
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import vn.vanggia.app.screens.FinishedScreen
import vn.vanggia.app.screens.FormScreen
import vn.vanggia.app.screens.HouseholdScreen
import vn.vanggia.app.screens.RecordScreen
import vn.vanggia.testing.Console
import vn.vanggia.testing.Hub
import java.io.File

/** Pages of records on the real screens, beside an office that writes too: on a narrow phone with large text, and in both languages. */
@RunWith(RobolectricTestRunner::class)
class RecordsTest {
    @Test
    @Config(qualifiers = "vi-w360dp-h640dp-xhdpi")
    fun vietnamese() = story("vi")

    @Test
    @Config(qualifiers = "en-w360dp-h640dp-xhdpi")
    fun english() = story("en")

    private fun story(language: String) = Hub(File(Hub.property("vanggia.target"), "android/hub-records-$language")).use { hub ->
        RuntimeEnvironment.setFontScale(1.3f)
        hub.publish(File(Hub.property("vanggia.root"), "packs/quoc_gia/forms/theo_doi"))
        hub.publish(form(File(Hub.property("vanggia.target"), "android/$FORM")))
        val console = Console(hub)
        val household = console.write("/records/household/new", "f.name" to NAME, "f.commune" to Hub.COMMUNE, "f.phone" to "0912 000 111")
        Robolectric.buildActivity(MainActivity::class.java).use { controller ->
            val finger = Finger(controller.setup().get(), "records-$language")
            finger.settle()
            enrol(finger, hub)
            openHousehold(finger)
            finger.expect("0912 000 111")
            finger.picture("household")
            prints(finger, language)
            said(finger, HERE)
            console.write(household.replace("/households/", "/records/household/") + "/edit", "f.phone" to THERE)
            synchronise(finger)
            openHousehold(finger)
            decide(finger)
            synchronise(finger)
            visitAgain(finger)
            practise(finger)
            val page = console.page(household)
            assertTrue(HERE in page)
            assertFalse(THERE in page)
        }
    }

    /** What was agreed goes to the system's printing: without scripts, network, files or an address. */
    private fun prints(finger: Finger, language: String) {
        val label = if (language == "vi") "Bản thống nhất mục tiêu với hộ" else "Goals agreed with the household"
        finger.touch(label)
        finger.settle()
        val page = checkNotNull(finger.activity.paper)
        val drawn = shadowOf(page).lastLoadDataWithBaseURL
        assertTrue(NAME in drawn.data)
        assertNull(drawn.baseUrl)
        with(page.settings) { assertFalse(javaScriptEnabled || allowFileAccess || allowContentAccess || !blockNetworkLoads) }
        assertTrue(finger.activity.top is HouseholdScreen)
    }

    private fun Finger.text(id: Int) = activity.getString(id)

    private fun enrol(finger: Finger, hub: Hub) {
        finger.type(finger.shown().filterIsInstance<EditText>().single(), hub.invite())
        finger.touch(finger.text(R.string.next))
        repeat(2) { finger.pin("482915") }
        finger.settle()
    }

    private fun synchronise(finger: Finger) {
        finger.activity.openTab(Tab.SYNC)
        finger.settle()
        finger.touch(finger.text(R.string.sync_start))
    }

    private fun openHousehold(finger: Finger) {
        finger.activity.openTab(Tab.HOUSEHOLDS)
        finger.settle()
        finger.choose(NAME)
        assertTrue("${finger.activity.top} ${finger.words()}", finger.activity.top is HouseholdScreen)
    }

    /** The family says another number, and a form keeps it. */
    private fun said(finger: Finger, number: String) {
        finger.touch(FORM_TITLE)
        assertTrue(finger.activity.top is FormScreen)
        finger.type(finger.shown().filterIsInstance<EditText>().single(), number)
        finger.touch(finger.text(R.string.next))
        finger.touch(finger.text(R.string.form_finish))
        assertTrue("${finger.words()}", finger.activity.top is FinishedScreen)
    }

    /** The office wrote a third number meanwhile: both stand there, with who said them, until somebody picks one. */
    private fun decide(finger: Finger) {
        finger.picture("household-of-two-minds")
        finger.touch(finger.text(R.string.record_decide))
        assertTrue(finger.activity.top is RecordScreen)
        finger.expect(finger.activity.getString(R.string.record_settle, HERE))
        finger.expect(finger.activity.getString(R.string.record_settle, THERE))
        finger.picture("conflict")
        finger.touch(finger.activity.getString(R.string.record_settle, HERE))
        assertFalse(finger.sees(THERE))
        finger.picture("settled")
    }

    /** What a second visit tells as known, and the first pages of a follow-up. */
    private fun visitAgain(finger: Finger) {
        for ((title, name) in listOf("Vãng gia hộ gia đình" to "second-visit", "Thăm theo dõi" to "follow-up")) {
            openHousehold(finger)
            finger.touch(title)
            repeat(PAGES) { page ->
                val form = FormFinger(finger)
                ANSWERS.forEach { (question, answer) ->
                    val card = form.cards().firstOrNull { (it.tag as String).endsWith("/$question") } ?: return@forEach
                    finger.views(card).filterIsInstance<CompoundButton>().firstOrNull { it.tag == answer && !it.isChecked }?.let(finger::press)
                }
                finger.picture("$name-${page + 1}")
                finger.touch(finger.text(R.string.next))
            }
            finger.touch(finger.text(R.string.form_outline))
            finger.picture("$name-outline")
            finger.touch(finger.text(R.string.form_abandon))
            finger.answer()
        }
    }

    /** A household that never leaves the phone. */
    private fun practise(finger: Finger) {
        finger.activity.openTab(Tab.TODAY)
        finger.settle()
        finger.touch(finger.text(R.string.account))
        finger.picture("account")
        finger.touch(finger.text(R.string.practise))
        assertTrue(finger.activity.top is HouseholdScreen)
        finger.picture("practice")
    }

    /** A form of one question about a household. */
    private fun form(folder: File) = folder.apply {
        mkdirs()
        File(this, "settings.csv").writeText("form_title,form_id,version,default_language\n$FORM_TITLE,$FORM,1,Tiếng Việt (vi)\n")
        File(this, "survey.csv").writeText(
            "type,name,label::Tiếng Việt (vi),label::English (en)\nhidden,household_id,,\nhidden,commune,,\ntext,phone,Số điện thoại mới,The new number\n"
        )
        File(this, "records.csv").writeText(
            "record,kind,parent,path,id_from,when,field,from,type,clears_with\nform,household,,,,,,,,\n" +
                "household,household,,/data,/data/household_id,,,,,\nhousehold,,,,,,commune,/data/commune,text,\n" +
                "household,,,,,,phone,/data/phone,text,\n"
        )
    }

    private companion object {
        const val PAGES = 4
        val ANSWERS = listOf(
            "outcome" to "met", "visit_purpose" to "regular", "visit_present" to "head", "present" to "helped",
            "consent_support" to "agree", "consent_ethnicity" to "refuse", "consent_health" to "refuse",
            "consent_location" to "refuse", "consent_photo" to "refuse", "consent_by" to "head", "consent_form" to "written",
            "changed" to "none", "consent_state" to "all", "children_seen" to "no_children",
        )
        const val NAME = "Lường Thị Mới"
        const val FORM = "so_dien_thoai"
        const val FORM_TITLE = "Số điện thoại của hộ"
        const val HERE = "0912 000 222"
        const val THERE = "0912 000 333"
    }
}
