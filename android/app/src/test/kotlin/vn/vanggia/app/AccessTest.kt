package vn.vanggia.app

import android.widget.EditText
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import vn.vanggia.app.screens.EnrolScreen
import vn.vanggia.app.screens.SetAsideScreen
import vn.vanggia.app.screens.SyncScreen
import vn.vanggia.app.screens.TodayScreen
import vn.vanggia.app.screens.UnlockScreen
import vn.vanggia.app.screens.heldBack
import vn.vanggia.core.HeldBackRow
import vn.vanggia.testing.Hub
import java.io.File

/** Who may use a phone, on the real screens against a hub process: on a small phone and in both languages. */
@RunWith(RobolectricTestRunner::class)
class AccessTest {
    @Test
    @Config(qualifiers = "vi-w320dp-h568dp-xhdpi")
    fun vietnamese() = story("vi")

    @Test
    @Config(qualifiers = "en-w320dp-h568dp-xhdpi")
    fun english() = story("en")

    private fun story(language: String) = Hub(File(Hub.property("vanggia.target"), "android/hub-$language")).use { hub ->
        hub.add(SECOND, SECOND_NAME)
        val backup = hub.backup()
        Robolectric.buildActivity(MainActivity::class.java).use { controller ->
            val finger = Finger(controller.setup().get(), language)
            finger.settle()
            enrol(finger, hub.invite(), PIN)
            twoWorkers(finger, hub)
            changedPin(finger)
            forgottenPin(finger, hub)
            lostKey(finger, hub)
            hidden(finger)
            hub.restore(backup)
            enrolledAgain(finger, hub)
            damaged(finger)
            putAside(finger)
            held(finger)
        }
    }

    private fun Finger.text(id: Int) = activity.getString(id)

    private fun enrol(finger: Finger, invitation: String, pin: String) {
        finger.type(finger.shown().filterIsInstance<EditText>().single(), invitation)
        finger.touch(finger.text(R.string.next))
        finger.pin(pin)
        finger.pin(pin)
        assertTrue("${finger.words()}", finger.activity.top is SyncScreen)
    }

    private fun lock(finger: Finger) {
        finger.activity.openTab(Tab.TODAY)
        finger.settle()
        finger.touch(finger.text(R.string.lock))
        assertTrue(finger.activity.top is UnlockScreen)
    }

    private fun twoWorkers(finger: Finger, hub: Hub) {
        lock(finger)
        finger.picture("lock")
        finger.touch(finger.text(R.string.workers_other))
        finger.expect(Hub.WORKER)
        finger.touch(finger.text(R.string.workers_add))
        finger.picture("one-more")
        // Left meanwhile for the message with the invitation.
        finger.type(finger.shown().filterIsInstance<EditText>().single(), "vanggia:")
        finger.activity.left()
        finger.activity.entered()
        finger.settle()
        assertEquals("vanggia:", finger.shown().filterIsInstance<EditText>().single().text.toString())
        enrol(finger, hub.invite(SECOND), SECOND_PIN)

        lock(finger)
        finger.expect(SECOND_NAME)
        finger.picture("lock-of-two")
        finger.touch(finger.text(R.string.workers_other))
        finger.expect(finger.text(R.string.workers_chosen))
        finger.picture("workers")
        finger.touch(Hub.WORKER)
        finger.expect(Hub.WORKER)
        finger.pin(SECOND_PIN)
        assertTrue(finger.activity.top is UnlockScreen)
        finger.rest(5)
        finger.pin(PIN)
        assertTrue("${finger.words()}", finger.activity.top is TodayScreen)
        finger.expect(Hub.WORKER)
        finger.picture("today")
        // What the office told the other one stays theirs.
        finger.touch(finger.text(R.string.tab_sync))
        assertTrue(!finger.sees(finger.text(R.string.sync_result)))
    }

    private fun changedPin(finger: Finger) {
        finger.touch(finger.text(R.string.tab_today))
        finger.touch(finger.text(R.string.account))
        finger.expect(Hub.WORKER)
        finger.picture("account")
        finger.touch(finger.text(R.string.pin_change))
        finger.picture("present-pin")
        finger.pin("000000")
        finger.picture("new-pin")
        finger.pin(NEW_PIN)
        finger.pin(NEW_PIN)
        finger.expect(said(finger, "Mã PIN không đúng", "The PIN is wrong"))
        finger.picture("wrong-present-pin")
        finger.rest(5)
        finger.pin(PIN)
        finger.pin(NEW_PIN)
        finger.pin(NEW_PIN)
        finger.answer()
        finger.expect(finger.text(R.string.pin_change))
        lock(finger)
        finger.pin(NEW_PIN)
        assertTrue("${finger.words()}", finger.activity.top is TodayScreen)
    }

    private fun forgottenPin(finger: Finger, hub: Hub) {
        lock(finger)
        finger.touch(finger.text(R.string.pin_forgotten))
        finger.expect(said(finger, "Dữ liệu vẫn còn nguyên", "All data stays"))
        finger.picture("forgotten")
        assertEquals(14, request(finger).split('-').size)
        typeCode(finger, "AAAA-AAAA-AAAA-AAAA-AAAA")
        finger.expect(said(finger, "Mã gõ chưa đúng", "The code was mistyped"))
        finger.picture("mistyped-code")
        // Rung up meanwhile: the screen stays.
        finger.activity.left()
        finger.activity.entered()
        finger.settle()
        typeCode(finger, hub.recover(request(finger)).lowercase())
        assertTrue("${finger.words()}", finger.activity.top is TodayScreen)
        lock(finger)
        finger.pin(PIN)
        assertTrue("${finger.words()}", finger.activity.top is TodayScreen)
    }

    private fun lostKey(finger: Finger, hub: Hub) {
        lock(finger)
        (finger.activity.application as TestApp).keys.lose()
        finger.pin(PIN)
        finger.picture("lost-key")
        // The core's advice names the button.
        finger.expect(finger.text(R.string.pin_forgotten) + "”")
        finger.touch(finger.text(R.string.pin_forgotten))
        finger.expect(said(finger, "Máy đã mất khóa an toàn", "The phone's secure key is gone"))
        finger.picture("request-after-a-lost-key")
        typeCode(finger, hub.recover(request(finger)))
        assertTrue("${finger.words()}", finger.activity.top is TodayScreen)
    }

    /** Somebody else looks at the phone for a while. */
    private fun hidden(finger: Finger) {
        finger.touch(REPORT)
        finger.touch(finger.text(R.string.back))
        finger.expect(finger.text(R.string.today_drafts))
        finger.touch(finger.text(R.string.account))
        finger.expect(finger.text(R.string.hide_restricted_help))
        finger.picture("account-before-hiding")
        finger.touch(finger.text(R.string.hide_restricted))
        assertTrue("${finger.words()}", finger.activity.top is TodayScreen)
        val told = said(finger, "Hồ sơ bảo mật đang ẩn", "Restricted cases are hidden")
        finger.expect(told)
        assertTrue("${finger.words()}", !finger.sees(finger.text(R.string.today_drafts)))
        finger.picture("today-hidden")
        // Household work goes on; a report says why it can't be begun.
        finger.touch(REPORT)
        assertTrue(finger.activity.top is TodayScreen)
        val words = finger.views(finger.dialog().window!!.decorView).filterIsInstance<TextView>().map { it.text.toString() }
        assertTrue("$words", words.any { told in it })
        finger.answer()
        // Gone from the front and back again: without the PIN they stay hidden.
        finger.activity.left()
        finger.activity.entered()
        finger.settle()
        finger.touch(finger.text(R.string.account))
        finger.expect(told)
        assertTrue("${finger.words()}", !finger.sees(finger.text(R.string.hide_restricted)))
        finger.picture("account-hidden")
        finger.touch(finger.text(R.string.lock))
        finger.pin(PIN)
        finger.expect(finger.text(R.string.today_drafts))
        assertTrue("${finger.words()}", !finger.sees(told))
    }

    private fun typeCode(finger: Finger, code: String) {
        finger.type(finger.shown().filterIsInstance<EditText>().single(), code)
        finger.touch(finger.text(R.string.next))
        finger.pin(PIN)
        finger.pin(PIN)
    }

    /** As one reads it to the office. */
    private fun request(finger: Finger): String =
        finger.words().filter { Regex("([0-9A-Z]{4} ?){1,4}").matches(it) }.joinToString("-") { it.trim().replace(' ', '-') }

    /** The hub comes back from a time at which it did not know the phone. */
    private fun enrolledAgain(finger: Finger, hub: Hub) {
        finger.touch(finger.text(R.string.today_sync))
        finger.expect(finger.text(R.string.enrol_again))
        finger.picture("sync-enrol-again")
        finger.touch(finger.text(R.string.tab_today))
        finger.picture("today-enrol-again")
        finger.touch(finger.text(R.string.enrol_again))
        val field = finger.shown().filterIsInstance<EditText>().single()
        finger.type(field, hub.invite(SECOND))
        finger.touch(finger.text(R.string.enrol_again))
        finger.expect(said(finger, "Mã mời này dành cho người khác", "This invitation was for somebody else"))
        finger.picture("enrol-again")
        finger.type(field, hub.invite())
        finger.touch(finger.text(R.string.enrol_again))
        finger.expect(said(finger, "Đã ghi danh lại", "Enrolled again"))
        finger.picture("enrolled-again")
        finger.touch(finger.text(R.string.sync_start))
        finger.expect(finger.text(R.string.sync_result))
        assertTrue("${finger.words()}", !finger.sees(finger.text(R.string.enrol_again)))
    }

    /** Pages of the database are not what was written. */
    private fun damaged(finger: Finger) {
        lock(finger)
        val root = finger.activity.noBackupFilesDir
        val database = File(root, File(root, "chosen").readText() + "/store.db")
        val bytes = database.readBytes()
        bytes.fill(0x5a, bytes.size / 3, bytes.size / 3 + 5_000)
        database.writeBytes(bytes)
        finger.activity.showError(Answer.Failed("store.damaged", "", 0))
        finger.settle()
        finger.answer()
        finger.pin("000000")
        finger.expect(said(finger, "Mã PIN không đúng", "The PIN is wrong"))
        finger.rest(5)
        finger.picture("salvage")
        finger.pin(PIN)
        finger.expect(said(finger, "Đã lấy lại được tất cả", "All that is unsent and all drafts were kept"))
        finger.picture("salvaged")
        finger.touch(finger.text(R.string.next))
        finger.expect(finger.text(R.string.enrol_again))
    }

    /** Nothing of what was written can be read any more: of the one worker's database, then of the other one's keys. */
    private fun putAside(finger: Finger) {
        lock(finger)
        val root = finger.activity.noBackupFilesDir
        ruin(File(root, File(root, "chosen").readText()), kept = 16, "store.db")
        finger.pin(PIN)
        // The core's way out: what can be read.
        finger.answer()
        finger.pin(PIN)
        finger.expect(said(finger, "Không đọc lại được gì", "Nothing of the data on this phone can be read"))
        finger.picture("nothing-salvaged")
        finger.touch(finger.text(R.string.set_aside))
        finger.expect(finger.text(R.string.set_aside_help))
        finger.picture("set-aside")
        finger.touch(finger.text(R.string.set_aside))
        assertTrue("only after a second word", finger.activity.top is SetAsideScreen)
        finger.answer()
        assertTrue("${finger.words()}", finger.activity.top is UnlockScreen)
        val (aside, left) = root.listFiles { file -> file.isDirectory }.orEmpty().partition { it.name.endsWith(".aside") }
        // With the one of which something could be salvaged.
        assertEquals("$aside", 2, aside.size)

        ruin(left.single(), kept = 0, "keys.json", "keys.copy")
        finger.touch(finger.text(R.string.pin_forgotten))
        finger.expect(said(finger, "Tệp khóa bị hỏng", "The key file is damaged"))
        finger.picture("damaged-keys")
        finger.touch(finger.text(R.string.back))
        finger.pin(SECOND_PIN)
        finger.answer()
        finger.touch(finger.text(R.string.set_aside))
        finger.answer()
        assertTrue("${finger.words()}", finger.activity.top is EnrolScreen)
        finger.picture("enrol-after-putting-aside")
    }

    /** What lies behind the first bytes is not what was written. */
    private fun ruin(folder: File, kept: Int, vararg names: String) {
        for (name in names) {
            val file = File(folder, name)
            val bytes = file.readBytes()
            bytes.fill(0x5a, kept)
            file.writeBytes(bytes)
        }
    }

    /** What the core says when the office put something back, beside what only waits. */
    private fun held(finger: Finger) {
        fun row(code: String, text: String) = HeldBackRow(code, "case", "0", text)
        val denied = row("permission.denied", said(finger, DENIED_VI, DENIED_EN))
        val waits = row("admission.scope", said(finger, WAITS_VI, WAITS_EN))
        finger.activity.setContentView(finger.activity.page { heldBack(listOf(waits, denied)) })
        finger.settle()
        val words = finger.words()
        val order = listOf(finger.text(R.string.sync_denied), denied.text, finger.text(R.string.sync_held), waits.text)
        assertEquals(order, words.filter { it in order })
        finger.picture("held-back")
    }

    private fun said(finger: Finger, vietnamese: String, english: String) =
        if (finger.text(R.string.language) == "vi") vietnamese else english

    private companion object {
        const val PIN = "482915"
        const val NEW_PIN = "730261"
        const val SECOND = "minh.vu"
        const val SECOND_NAME = "Vũ Văn Minh"
        const val SECOND_PIN = "915482"
        /** The office calls its forms by one name. */
        const val REPORT = "Tiếp nhận thông tin trẻ em"
        const val DENIED_VI = "Cháu Mai bỏ học: Vai trò của tài khoản không được làm việc này nên không có hiệu lực; giá trị cũ đã được khôi phục, phần được phép vẫn gửi đi."
        const val DENIED_EN = "Mai left school: Your role may not do this, so it has no effect; what stood before stands again, and the rest was sent."
        const val WAITS_VI = "Vãng gia hộ gia đình: Hộ hoặc ca này nằm ngoài địa bàn hay quyền của tài khoản; văn phòng cần xem lại phân công."
        const val WAITS_EN = "Household visit: This household or case is outside your places or rights; the office needs to look at your assignment."
    }
}
