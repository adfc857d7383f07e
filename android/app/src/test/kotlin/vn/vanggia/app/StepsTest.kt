package vn.vanggia.app

import android.content.Intent
import android.widget.Button
import android.widget.EditText
import android.widget.ScrollView
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import vn.vanggia.app.screens.CaseScreen
import vn.vanggia.app.screens.FormScreen
import vn.vanggia.app.screens.Steps
import vn.vanggia.app.screens.SyncScreen
import vn.vanggia.app.screens.TodayScreen
import vn.vanggia.app.screens.alarm
import vn.vanggia.app.screens.approved
import vn.vanggia.app.screens.steps
import vn.vanggia.app.screens.undecided
import vn.vanggia.core.AlarmView
import vn.vanggia.core.AnswerGroup
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.ApprovedView
import vn.vanggia.core.BranchRow
import vn.vanggia.core.CallRow
import vn.vanggia.core.Fact
import vn.vanggia.core.FinishOutcome
import vn.vanggia.core.FormSession
import vn.vanggia.core.PageMove
import vn.vanggia.core.QuestionKind
import vn.vanggia.core.QuestionView
import vn.vanggia.core.StepRow
import vn.vanggia.testing.Hub
import java.io.File
import java.time.OffsetDateTime
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter
import java.time.temporal.ChronoUnit

/** A child's case on the real screens, from the alarm to its end: on a small phone with large text, and in both languages. */
@RunWith(RobolectricTestRunner::class)
class StepsTest {
    @Test
    @Config(qualifiers = "vi-w320dp-h568dp-xhdpi")
    fun vietnamese() = story("vi")

    @Test
    @Config(qualifiers = "en-w320dp-h568dp-xhdpi")
    fun english() = story("en")

    private fun story(language: String) = Hub(File(Hub.property("vanggia.target"), "android/hub-steps-$language")).use { hub ->
        RuntimeEnvironment.setFontScale(1.3f)
        hub.run("user", "add", "--login", LOGIN, "--name", NAME, "--role", "child_protection_officer", "--place", "commune:${Hub.COMMUNE}")
        hub.publish(File(Hub.property("vanggia.root"), "packs/quoc_gia/forms/danh_gia_ban_dau"))
        Robolectric.buildActivity(MainActivity::class.java).use { controller ->
            val finger = Finger(controller.setup().get(), "steps-$language")
            finger.settle()
            enrol(finger, hub)
            report(finger)
            alarmFirst(finger)
            takenOn(finger)
            stepWithAForm(finger)
            stepWithAReason(finger)
            branches(finger)
            onlyToRead(finger)
        }
    }

    private fun Finger.text(id: Int, vararg args: Any) = activity.getString(id, *args)

    private fun Finger.says(vietnamese: String, english: String) = if (text(R.string.language) == "vi") vietnamese else english

    private fun Finger.alarm() = says("CHƯA AI NHẬN – hãy gọi", "NOBODY HAS TAKEN IT ON – call")
    private fun Finger.acknowledge() = says("Tôi nhận xử lý", "I take it on")
    private fun Finger.assess() = says("Đánh giá nguy cơ ban đầu (Mẫu số 02)", "Initial risk assessment (form 02)")
    private fun Finger.protect() = says("Ghi một bước bảo vệ trẻ", "Record a step of protection")
    private fun Finger.death() = says("Kết thúc vì trẻ đã mất", "End: the child has died")

    private fun enrol(finger: Finger, hub: Hub) {
        finger.type(finger.shown().filterIsInstance<EditText>().single(), hub.invite(LOGIN))
        finger.touch(finger.text(R.string.next))
        repeat(2) { finger.pin("482915") }
        finger.settle()
        assertTrue("${finger.words()}", finger.activity.top is SyncScreen)
    }

    /** A report that came twenty minutes ago; how forms are filled by hand other tests tell. */
    private fun report(finger: Finger) {
        inCore(finger) { app ->
            val form = app.forms().start("tiep_nhan_tre_em", null)
            fill(form)
            assertTrue(form.finish() is FinishOutcome.Finished)
        }
    }

    /** Before all else somebody has to be called; then what is due; then the rest of the day. */
    private fun alarmFirst(finger: Finger) {
        finger.activity.openTab(Tab.TODAY)
        finger.settle()
        val words = finger.words()
        fun at(start: String) = words.indexOfFirst { it.startsWith(start) }.also { assertTrue("$start: $words", it >= 0) }
        val tasks = finger.text(R.string.today_tasks, 3)
        val order = listOf(finger.alarm(), tasks, finger.text(R.string.today_sync), finger.text(R.string.today_start)).map(::at)
        assertEquals("$words", order.sorted(), order)
        finger.picture("alarm")
        for (number in listOf("113", "115", "111")) {
            finger.touch(finger.text(R.string.call, number, ""))
            val call = shadowOf(finger.activity).nextStartedActivity
            assertEquals(Intent.ACTION_DIAL to "tel:$number", call.action to call.dataString)
        }
        lookAt(finger, tasks, "tasks")
        finger.expect(finger.says("tạm thời, cho đến khi đánh giá xong", "for the time being, until it is assessed"))
    }

    private fun takenOn(finger: Finger) {
        // What it is about stands under it.
        val words = finger.words()
        finger.touch(words[words.indexOfFirst { it.startsWith(finger.alarm()) } + 1])
        assertTrue("${finger.words()}", finger.activity.top is CaseScreen)
        finger.expect(finger.alarm())
        finger.picture("case-nobody-took-on")
        lookAt(finger, finger.text(R.string.steps), "steps")
        // A form that isn't here: told before anybody touches it.
        assertFalse(finger.shown().filterIsInstance<Button>().single { it.text.toString() == finger.protect() }.isEnabled)
        finger.expect(finger.says("Phiếu của việc này chưa có trên máy", "The form of this step is not on the phone"))
        finger.touch(finger.text(R.string.back))
        assertTrue(finger.activity.top is TodayScreen)
        finger.touch(finger.acknowledge())
        assertFalse("${finger.words()}", finger.sees(finger.alarm()))
        finger.picture("taken-on")
    }

    /** From Today: its form, and then the page of the case. */
    private fun stepWithAForm(finger: Finger) {
        finger.touch(finger.assess())
        assertTrue("${finger.words()}", finger.activity.top is FormScreen)
        inCore(finger) { app -> fill(app.forms().resume(app.today().view().drafts.single().draftId)) }
        finger.touch(finger.text(R.string.form_outline))
        finger.touch(finger.text(R.string.form_review))
        finger.touch(finger.text(R.string.form_finish))
        if (finger.activity.top !is CaseScreen) finger.touch(finger.text(R.string.finished_case))
        assertTrue("${finger.words()}", finger.activity.top is CaseScreen)
        finger.expect(finger.text(R.string.timeline))
        finger.picture("assessed")
        lookAt(finger, finger.text(R.string.timeline), "timeline")
    }

    private fun stepWithAReason(finger: Finger) {
        finger.touch(finger.death())
        val asked = finger.views(finger.dialog().window!!.decorView)
        assertTrue(asked.filterIsInstance<TextView>().any { it.text.toString() == finger.text(R.string.step_why, finger.death()) })
        asked.filterIsInstance<EditText>().single().setText(REASON)
        finger.answer()
        finger.expect("${finger.death()} – $REASON")
        assertFalse(finger.shown().filterIsInstance<Button>().any { it.text.toString() == finger.death() })
        lookAt(finger, finger.text(R.string.timeline), "ended")
    }

    /** Steps that stand beside each other: which one, and then why. */
    private fun branches(finger: Finger) {
        val branches = listOf(finger.assess(), finger.death()).mapIndexed { n, label -> BranchRow("$n", label, NAME, "30/11/2026 11:0$n") }
        val settle = step(finger.says("Chọn bước đúng", "Choose the right step")).copy(asksWhy = true, settles = true)
        val steps = Steps(finger.activity, RECORD, branches) {}
        finger.activity.setContentView(finger.activity.page { undecided(branches); steps(finger.activity, listOf(settle), steps) })
        finger.picture("undecided")
        finger.touch(settle.label)
        val list = finger.dialog().listView
        assertEquals(branches.map { "${it.label}\n${it.by} · ${it.at}" }, (0 until list.count).map { list.getItemAtPosition(it) })
        shadowOf(finger.dialog()).clickOnItem(1)
        finger.settle()
        assertTrue(finger.views(finger.dialog().window!!.decorView).any { it is EditText })
    }

    /** Who can't take it on is told whom to tell; what was approved stands beside what was written since. */
    private fun onlyToRead(finger: Finger) {
        val duty = finger.says(DUTY_VI, DUTY_EN)
        val alarm = AlarmView(RECORD, NAME, finger.alarm(), duty, "", listOf(CallRow("113", finger.says("Công an", "Police"))), null)
        val revised = finger.says("Bản sửa đổi chưa duyệt", "Changed since, not approved")
        val goals = AnswerGroup(finger.says("Kế hoạch 1", "Plan 1"), listOf(Fact("A", "B", "")))
        val approved = ApprovedView(finger.says("Đã duyệt bản ngày 30/11/2026", "Approved as of 30/11/2026"), revised, listOf(goals))
        finger.activity.setContentView(
            finger.activity.page {
                alarm(finger.activity, alarm, Steps(finger.activity, RECORD, emptyList()) {})
                approved(finger.activity, approved)
            }
        )
        finger.settle()
        val order = listOf(alarm.text, duty, approved.text, revised, goals.title)
        assertEquals(order, finger.words().filter { it in order })
        finger.picture("to-read")
    }

    private fun step(label: String) = StepRow("settle", label, null, "", emptyList(), false, false, false)

    private fun lookAt(finger: Finger, words: String, name: String) {
        val scroll = finger.shown().filterIsInstance<ScrollView>().single()
        scroll.scrollTo(0, finger.shown().filterIsInstance<TextView>().first { it.text.toString() == words }.top)
        finger.picture(name)
    }

    private fun inCore(finger: Finger, work: (vn.vanggia.core.App) -> Unit) {
        var failed: String? = "no answer"
        finger.activity.core.ask({ app -> runCatching { work(app) }.exceptionOrNull()?.toString() }) { failed = (it as Answer.Good).value }
        finger.settle()
        assertEquals(null, failed)
    }

    /** Of what is required and not answered yet what the story says, or else the first thing that it takes. */
    private fun fill(form: FormSession) {
        val told = HashSet<String>()
        repeat(MOST_ANSWERS) {
            val open = form.page().questions.firstOrNull { question ->
                val name = question.path.substringAfterLast('/')
                if (name in ANSWERS) question.path !in told else question.required && question.value is AnswerValue.Empty && !question.readonly
            }
            if (open != null) {
                told.add(open.path)
                form.answer(open.path, ANSWERS[open.path.substringAfterLast('/')]?.invoke() ?: first(open))
            } else when (val move = form.next()) {
                is PageMove.Moved -> Unit
                is PageMove.AtEnd -> return
                is PageMove.Blocked -> throw AssertionError(move.problems.joinToString { "${it.path} ${it.problem.text}" })
            }
        }
        throw AssertionError("no end")
    }

    private fun first(question: QuestionView): AnswerValue = when (question.kind) {
        is QuestionKind.SelectOne -> AnswerValue.Choice(question.choices.first().value)
        is QuestionKind.SelectMultiple -> AnswerValue.Choices(listOf(question.choices.first().value))
        else -> AnswerValue.Text("Thông tin thử")
    }

    private companion object {
        const val LOGIN = "thu.lo"
        const val NAME = "Lò Thị Thu"
        const val RECORD = "case:00000000-0000-7000-8000-000000000001"
        const val REASON = "Có giấy báo tử"
        const val DUTY_VI = "Báo ngay Chủ tịch UBND cấp xã, công an; không tự cách ly trẻ."
        const val DUTY_EN = "Tell the commune's chairman and the police at once; don't separate the child yourself."
        const val MOST_ANSWERS = 400
        val ANSWERS: Map<String, () -> AnswerValue> = mapOf(
            "received_at" to {
                val at = OffsetDateTime.now(ZoneOffset.ofHours(7)).minusMinutes(20).truncatedTo(ChronoUnit.MINUTES)
                AnswerValue.DateTime(at.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME))
            },
            "province" to { AnswerValue.Choice(Hub.PROVINCE) },
            "commune" to { AnswerValue.Choice(Hub.COMMUNE) },
            "child_birth_known" to { AnswerValue.Choice("age") },
            "child_age" to { AnswerValue.Integer(9) },
            "child_home" to { AnswerValue.Choice("same") },
            "severity" to { AnswerValue.Choice("high") },
            "harm" to { AnswerValue.Choice("low") },
            "harm_continues" to { AnswerValue.Choice("low") },
            "risk" to { AnswerValue.Choice("low") },
            "separation" to { AnswerValue.Choice("no") },
        )
    }
}
