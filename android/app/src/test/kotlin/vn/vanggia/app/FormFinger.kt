package vn.vanggia.app

import android.view.View
import android.widget.CompoundButton
import android.widget.EditText
import android.widget.ImageButton
import vn.vanggia.app.form.QuestionCard
import vn.vanggia.app.screens.CameraScreen
import vn.vanggia.app.screens.FormScreen
import vn.vanggia.core.AnswerValue
import vn.vanggia.testing.Household
import org.robolectric.Shadows.shadowOf
import android.location.Location
import android.location.LocationManager
import android.view.SurfaceView
import java.text.Normalizer
import java.time.LocalDate
import java.time.format.DateTimeFormatter

/** Fills `vang_gia` on the screen, each answer through the widget that the question has. */
class FormFinger(private val finger: Finger) {
    private val host get() = finger.activity
    /** Headings of the pages gone through. */
    val pages = ArrayList<String>()

    fun cards(): List<QuestionCard> = finger.shown().filterIsInstance<QuestionCard>()

    fun card(name: String): QuestionCard = cards().single { (it.tag as String).endsWith("/$name") }

    /** Answers what the page asks, the questions that come up meanwhile too. */
    fun answerPage() {
        val given = HashSet<String>()
        while (true) {
            val card = cards().firstOrNull { card ->
                val path = card.tag as String
                path !in given && (path.endsWith("/photo_file") || Household.answer(path) != null)
            } ?: return
            given.add(card.tag as String)
            if ((card.tag as String).endsWith("/photo_file")) takePhoto(card) else answer(card, Household.answer(card.tag as String)!!)
        }
    }

    private fun answer(card: QuestionCard, value: AnswerValue) = when (value) {
        is AnswerValue.Choice -> choose(card, listOf(value.value))
        is AnswerValue.Choices -> choose(card, value.values)
        is AnswerValue.Text -> type(card, value.text)
        is AnswerValue.Integer -> type(card, value.number.toString())
        // As it is written in Vietnam.
        is AnswerValue.Decimal -> type(card, value.number.toString().replace('.', ','))
        is AnswerValue.Date -> type(card, LocalDate.parse(value.iso).format(DateTimeFormatter.ofPattern("dd/MM/yyyy")))
        is AnswerValue.Location -> locate(card, value)
        else -> throw AssertionError("no finger for $value")
    }

    private fun type(card: QuestionCard, words: String) =
        finger.type(finger.views(card).filterIsInstance<EditText>().single(), words)

    private fun choose(card: QuestionCard, values: List<String>) {
        val buttons = finger.views(card).filterIsInstance<CompoundButton>()
        if (buttons.isNotEmpty()) {
            values.forEach { value -> finger.press(buttons.single { it.tag == value }) }
        } else {
            finger.press(finger.views(card).first { it.tag == QuestionCard.FIELD })
            values.forEach { finger.choose(label(it)) }
        }
    }

    /** What stands in a long list for a value; a person reads, and types some letters of it. */
    private fun label(value: String): String {
        val known = mapOf(
            "01" to "Thành phố Hà Nội", "00070" to "Phường Hoàn Kiếm", "02" to "Tày",
            "head" to "Chủ hộ", "spouse" to "Vợ hoặc chồng", "child" to "Con",
            "none" to "Không đi học", "lower_secondary" to "Tốt nghiệp trung học cơ sở", "primary" to "Hoàn thành tiểu học",
        )
        val onScreen = finger.words()
        val words = if (value == "none" && "Chưa có bằng" in onScreen) "Chưa có bằng" else known.getValue(value)
        if (words == "Phường Hoàn Kiếm") {
            finger.search("hoan kiem")
            finger.picture("danh-sach-xa")
        }
        return words
    }

    private fun locate(card: QuestionCard, value: AnswerValue.Location) {
        val manager = host.getSystemService(LocationManager::class.java)
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        finger.touch(host.getString(R.string.location_take), card)
        fun fix(metres: Float) = shadowOf(manager).simulateLocation(
            Location(LocationManager.GPS_PROVIDER).apply {
                latitude = value.latitude
                longitude = value.longitude
                altitude = value.altitude
                accuracy = metres
                time = System.currentTimeMillis()
                elapsedRealtimeNanos = android.os.SystemClock.elapsedRealtimeNanos()
            }
        )
        fix(35f)
        finger.picture("vi-tri-dang-tim")
        android.os.SystemClock.setCurrentTimeMillis(System.currentTimeMillis())
        fix(value.accuracy.toFloat())
        finger.settle()
    }

    private fun takePhoto(card: QuestionCard) {
        finger.touch(host.getString(R.string.photo_take), card)
        check(host.top is CameraScreen) { "no camera" }
        // Robolectric has no surfaces: says what the platform says once there is one.
        val surface = finger.shown().filterIsInstance<SurfaceView>().single()
        shadowOf(surface).fakeSurfaceHolder.callbacks.forEach { it.surfaceChanged(surface.holder, 0, 640, 480) }
        finger.picture("may-anh")
        finger.press(finger.shown().first { it is ImageButton && it.contentDescription == host.getString(R.string.photo_shutter) })
        check(host.top is FormScreen) { "still at the camera" }
    }

    /** Goes through all pages to the end; a picture of each kind of page. */
    fun fill() {
        repeat(MOST_PAGES) {
            answerPage()
            finger.settle()
            val title = pageTitle()
            if (pages.add(title) && pages.count { it == title } == 1) finger.picture("phieu-" + slug(title))
            val wanted = Household.repeats.entries.firstOrNull { finger.sees(host.getString(R.string.repeat_add) + ": " + repeatTitle(it.key)) }
            if (wanted != null && instances() < wanted.value) {
                finger.touch(host.getString(R.string.repeat_add) + ": " + repeatTitle(wanted.key))
            } else {
                finger.touch(host.getString(R.string.next))
            }
            if (finger.sees(host.getString(R.string.form_end_title))) return
        }
        throw AssertionError("no end: $pages")
    }

    private fun repeatTitle(name: String) = mapOf("member" to "Thành viên", "goal" to "Mục tiêu", "photo" to "Ảnh").getValue(name)

    private fun instances() = finger.shown().filterIsInstance<RowView>().size

    private fun pageTitle(): String {
        val body = finger.shown().filterIsInstance<android.widget.TextView>().filter { it.isAccessibilityHeading }.drop(1).firstOrNull()
        return body?.text?.toString() ?: cards().firstOrNull()?.let { card -> (card.getChildAt(0) as android.widget.TextView).text.toString() }.orEmpty()
    }

    private fun slug(words: String) = Normalizer.normalize(words.lowercase(), Normalizer.Form.NFD)
        .replace(Regex("\\p{Mn}+"), "").replace('đ', 'd').replace(Regex("[^a-z0-9]+"), "-").trim('-').take(40)

    private companion object {
        const val MOST_PAGES = 80
    }
}
