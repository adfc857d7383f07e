package vn.vanggia.app

import android.Manifest
import android.widget.CompoundButton
import android.widget.EditText
import android.widget.TextView
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.BeforeClass
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import vn.vanggia.app.screens.CaseScreen
import vn.vanggia.app.screens.FinishedScreen
import vn.vanggia.app.screens.FormScreen
import vn.vanggia.app.screens.HouseholdScreen
import vn.vanggia.app.screens.RecordScreen
import vn.vanggia.app.screens.SyncScreen
import vn.vanggia.app.screens.TodayScreen
import vn.vanggia.app.screens.UnlockScreen
import vn.vanggia.testing.Console
import vn.vanggia.testing.Household
import vn.vanggia.testing.Hub
import java.io.File

/** A home visit on the real screens, in Vietnamese, against a hub process. */
@RunWith(RobolectricTestRunner::class)
class VisitTest {
    @Test
    fun aWholeVisit() {
        shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(Manifest.permission.CAMERA, Manifest.permission.ACCESS_FINE_LOCATION)
        Robolectric.buildActivity(MainActivity::class.java).use { controller ->
            val activity = controller.setup().get()
            val finger = Finger(activity)
            fun text(id: Int) = activity.getString(id)
            finger.settle()

            enrol(finger)
            assertTrue(activity.top is SyncScreen)
            finger.picture("dong-bo-lan-dau")
            finger.touch(text(R.string.tab_today))
            finger.expect(Hub.WORKER)
            finger.picture("hom-nay")

            unlockAfterALock(finger)

            // The first page: nothing is lost by going on too early.
            finger.touch("Vãng gia hộ gia đình: hộ mới")
            val form = FormFinger(finger)
            finger.touch(text(R.string.next))
            finger.picture("phieu-thieu-cau-tra-loi")
            finger.expect("Cần trả lời câu này.")

            // A call comes in: the core closes its files and opens them again.
            form.answerPage()
            controller.pause().stop()
            finger.settle()
            controller.start().resume()
            finger.settle()
            assertTrue(activity.top is FormScreen)

            // Left and taken up again from Today.
            finger.touch(text(R.string.back))
            finger.expect(text(R.string.today_drafts))
            finger.picture("hom-nay-phieu-do")
            finger.touch("Vãng gia hộ gia đình")
            assertTrue(activity.top is FormScreen)

            form.fill()
            finger.picture("phieu-cuoi")
            finger.expect("Ghi mới: Hộ gia đình (1), Thành viên (3)")
            finger.expect("Mái: Bền chắc")

            // A line of it leads to its page; the contents lead back.
            finger.touch("Nhà ở")
            finger.expect(text(R.string.next))
            finger.touch(text(R.string.form_outline))
            finger.picture("muc-luc")
            finger.expect("Thành viên 2 · ${Household.names[1]}")
            finger.touch(text(R.string.form_review))
            finger.expect(text(R.string.form_end_title))
            finger.touch(text(R.string.form_finish))
            assertTrue("${finger.words()}", activity.top is FinishedScreen)
            finger.picture("hoan-thanh")

            finger.touch(text(R.string.finished_household))
            assertTrue(activity.top is HouseholdScreen)
            Household.names.forEach(finger::expect)
            finger.picture("ho")
            pagesOfRecords(finger)
            aSecondVisit(finger)
            openCase(finger)

            finger.touch(text(R.string.tab_households).takeIf { finger.sees(text(R.string.tab_sync)) } ?: text(R.string.back))
            activity.openTab(Tab.HOUSEHOLDS)
            finger.settle()
            finger.search("nong van dinh")
            finger.expect(Household.HEAD)
            finger.picture("tim-ho")
            finger.search("khong co")
            finger.expect(text(R.string.households_none))

            finger.touch(text(R.string.tab_cases))
            finger.picture("ho-so")
            finger.touch(text(R.string.tab_today))
            finger.picture("hom-nay-chua-gui")
            finger.touch(text(R.string.today_sync))
            finger.picture("dong-bo")
            finger.expect("${text(R.string.sync_photos)}: 0")
            seenAtTheHub()

            aReportAboutAChild(finger)
            aDraftOfAnOlderVersion(finger)
            anOfficeThatHoldsBack(finger)
        }
    }

    private fun enrol(finger: Finger) {
        val activity = finger.activity
        finger.picture("dang-ky")
        finger.type(finger.shown().filterIsInstance<EditText>().single(), hub.invite())
        finger.touch(activity.getString(R.string.next))
        finger.picture("chon-pin")
        finger.pin(PIN)
        finger.pin("111111")
        finger.expect(activity.getString(R.string.pin_differs))
        finger.pin(PIN)
        finger.pin(PIN)
        finger.settle()
    }

    private fun unlockAfterALock(finger: Finger) {
        val activity = finger.activity
        finger.touch(activity.getString(R.string.lock))
        assertTrue(activity.top is UnlockScreen)
        finger.picture("khoa")
        finger.pin("000000")
        finger.picture("sai-pin")
        assertTrue(activity.top is UnlockScreen)
        finger.rest(5)
        finger.pin(PIN)
        assertTrue(activity.top is TodayScreen)
    }

    /** Whatever lies in the household has a page, which leads back to it. */
    private fun pagesOfRecords(finger: Finger) {
        val activity = finger.activity
        val back = activity.getString(R.string.back)
        finger.touch(Household.names.last())
        assertTrue(activity.top is RecordScreen)
        finger.expect("Quan hệ với chủ hộ")
        finger.expect(activity.getString(R.string.record_history))
        finger.picture("thanh-vien")
        finger.touch(back)
        finger.touch("Gặp được")
        finger.expect("Mục đích chuyến thăm")
        finger.picture("lan-tham-cu")
        // Its household stands above it.
        finger.touch(Household.HEAD)
        assertTrue(activity.top is HouseholdScreen)
        finger.touch(back)
        finger.touch(back)
        finger.touch("2026120")
        finger.expect("Tỉnh, thành phố")
        Household.names.forEach(finger::expect)
        finger.picture("phieu-cu")
        finger.touch(back)
        assertTrue(activity.top is HouseholdScreen)
    }

    /** What is known stands there by sections, and one touch says that all of it still holds. */
    private fun aSecondVisit(finger: Finger) {
        val activity = finger.activity
        finger.touch("Vãng gia hộ gia đình")
        FormFinger(finger).answerPage()
        finger.touch(activity.getString(R.string.next))
        finger.expect("Không có gì khác, đúng cả")
        finger.picture("lan-tham-thu-hai")
        finger.touch(activity.getString(R.string.form_outline))
        finger.touch(activity.getString(R.string.form_abandon))
        finger.answer()
        assertTrue(activity.top is HouseholdScreen)
    }

    private fun openCase(finger: Finger) {
        finger.touch(finger.activity.getString(R.string.household_open_case))
        val dialog = finger.dialog()
        finger.views(dialog.window!!.decorView).filterIsInstance<EditText>().single().setText("Cháu Mai bỏ học, cần hỗ trợ quay lại trường")
        finger.answer()
        assertTrue(finger.activity.top is CaseScreen)
        finger.picture("ho-so-mo")
        finger.activity.pop()
        finger.settle()
    }

    private fun aReportAboutAChild(finger: Finger) {
        val activity = finger.activity
        activity.openTab(Tab.TODAY)
        finger.settle()
        finger.touch("Tiếp nhận thông tin trẻ em")
        assertTrue(activity.top is FormScreen)
        finger.picture("tiep-nhan-tre-em")
        finger.touch(activity.getString(R.string.form_outline))
        finger.touch(activity.getString(R.string.form_abandon))
        finger.answer()
        assertTrue(activity.top is TodayScreen)
        assertFalse(finger.sees(activity.getString(R.string.today_drafts)))
    }

    private fun aDraftOfAnOlderVersion(finger: Finger) {
        val activity = finger.activity
        fun text(id: Int) = activity.getString(id)
        finger.touch("Vãng gia hộ gia đình: hộ mới")
        FormFinger(finger).answerPage()
        finger.touch(text(R.string.back))
        assertFalse(finger.sees(text(R.string.today_carry_over)))

        hub.publishNewer("present", "members")
        finger.touch(text(R.string.today_sync))
        finger.touch(text(R.string.tab_today))
        finger.picture("hom-nay-phien-ban-moi")
        finger.touch(text(R.string.today_carry_over))
        assertTrue(activity.top is FormScreen)
        val told = finger.views(finger.dialog().window!!.decorView).filterIsInstance<TextView>().map { it.text.toString() }
        assertTrue("$told", told.any { "Những người có mặt: Chủ hộ, Thành viên khác" in it })
        finger.answer()
        // The rest of it is there, and what was set aside stands in the form's contents.
        assertTrue(finger.shown().filterIsInstance<CompoundButton>().single { it.tag == "regular" }.isChecked)
        finger.touch(text(R.string.form_outline))
        finger.expect("Những người có mặt: Chủ hộ, Thành viên khác")
        finger.picture("muc-luc-de-rieng")
    }

    /** The worker was sent to another commune, and their phone does not know yet. */
    private fun anOfficeThatHoldsBack(finger: Finger) {
        val activity = finger.activity
        hub.run("user", "places", "--login", Hub.LOGIN, "--place", "commune:00004")
        activity.openTab(Tab.CASES)
        finger.settle()
        finger.touch("Quản lý trường hợp")
        finger.touch(activity.getString(R.string.case_restrict))
        finger.answer()
        finger.expect(activity.getString(R.string.restricted))
        assertFalse(finger.sees(activity.getString(R.string.case_restrict)))
        finger.picture("ho-so-bao-mat")
        activity.openTab(Tab.SYNC)
        finger.settle()
        finger.touch(activity.getString(R.string.sync_start))
        finger.expect(activity.getString(R.string.sync_held))
        finger.expect("nằm ngoài địa bàn")
        finger.picture("van-phong-giu-lai")
    }

    private fun seenAtTheHub() {
        val stats = hub.stats()
        assertEquals(stats.toString(), listOf(1L, 3L, 1L, 1L, 0L), listOf("household", "person", "visit", "submissions", "waiting").map { stats[it] })
        assertEquals(stats.toString(), 1L, stats["photos_whole"])
        val console = Console(hub)
        assertTrue(console.search("nong van dinh").contains(Household.HEAD))
        assertFalse(console.search("khong co ai").contains(Household.HEAD))
    }

    companion object {
        private const val PIN = "482915"
        private lateinit var hub: Hub

        @BeforeClass
        @JvmStatic
        fun start() {
            hub = Hub(File(Hub.property("vanggia.target"), "android/hub"))
        }

        @AfterClass
        @JvmStatic
        fun stop() = hub.close()
    }
}
