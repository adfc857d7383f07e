package vn.vanggia

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.App
import vn.vanggia.core.AppConfig
import vn.vanggia.core.Language
import vn.vanggia.testing.Console
import vn.vanggia.testing.Hub
import vn.vanggia.testing.SoftKeyStore
import vn.vanggia.testing.Waiting
import vn.vanggia.testing.cameraPicture
import java.io.File
import java.io.RandomAccessFile
import java.nio.ByteBuffer
import java.util.Locale

/** How long calls take through UniFFI and JNA: an answer, kept and synced to disk, beside an fdatasync alone; the page of a record. `-Dbench=true -Dvanggia.library=…/release`. */
class BenchTest {
    @Test
    fun answer() {
        assumeTrue(System.getProperty("bench") == "true")
        val folder = File(Hub.property("vanggia.target"), "kotlin/bench").also { it.deleteRecursively(); it.mkdirs() }
        Hub(File(folder, "hub")).use { hub ->
            App.open(AppConfig(File(folder, "phone").path, Language.VIETNAMESE, "JVM", "0"), SoftKeyStore()).use { phone ->
                phone.access().enrol(hub.invite(), "482915")
                val waiting = Waiting()
                phone.syncing().start(waiting).use { waiting.summary() }
                phone.forms().start("vang_gia", null).use { form ->
                    val path = form.page().questions.single { it.path.endsWith("/visit_purpose") }.path
                    // Each answer makes the question "which purpose?" come or go.
                    fun turn(n: Int) = form.answer(path, AnswerValue.Choice(if (n % 2 == 0) "other" else "first"))
                    repeat(50) { assertTrue(turn(it).page.questions.isNotEmpty()) }
                    say("uniffi.answer", median { turn(it) })
                }
            }
        }
        disk(folder)
    }

    /** A household that was visited, with [NOTES] notes and its people, where [FORMS] forms may be started. */
    @Test
    fun pages() {
        assumeTrue(System.getProperty("bench") == "true")
        val folder = File(Hub.property("vanggia.target"), "kotlin/bench-pages").also { it.deleteRecursively(); it.mkdirs() }
        Hub(File(folder, "hub")).use { hub ->
            repeat(FORMS) { n -> hub.publish(copy(File(folder, "phieu_$n"))) }
            App.open(AppConfig(File(folder, "phone").path, Language.VIETNAMESE, "JVM", "0"), SoftKeyStore()).use { phone ->
                phone.access().enrol(hub.invite(), "482915")
                fun synchronise() = Waiting().let { waiting -> phone.syncing().start(waiting).use { waiting.summary() } }
                assertEquals("ok", synchronise().code)
                phone.forms().start("vang_gia", null).use { form -> Filler(form, cameraPicture()).run { fill(); finish() } }
                assertEquals("ok", synchronise().code)
                val household = phone.households().list("", 0u, 10u).rows.single().id
                val console = Console(hub)
                repeat(NOTES) { n -> console.write("/records/note/new?parent=household:$household", "f.text" to "Gọi lại tuần sau, lần ${n + 1}. ".repeat(10)) }
                assertEquals("ok", synchronise().code)
                val page = phone.records().view("household:$household")
                assertTrue("${page.actions.size}", page.actions.size > FORMS)
                assertTrue(page.sections.any { it.total.toInt() == NOTES })
                val rows = page.sections.flatMap { it.rows }.map { it.reference }
                for (kind in listOf("household", "person", "visit", "submission")) {
                    val record = (rows + "household:$household").first { it.startsWith("$kind:") }
                    say("uniffi.page_$kind", median { phone.records().view(record) })
                }
            }
        }
    }

    /** The visit under another name. */
    private fun copy(into: File) = into.also {
        File(Hub.property("vanggia.root"), "packs/quoc_gia/forms/vang_gia").copyRecursively(it)
        File(it, "settings.csv").run { writeText(readText().replace(",vang_gia,", ",${it.name},")) }
    }

    private fun disk(folder: File) {
        RandomAccessFile(File(folder, "page"), "rw").use { file ->
            val page = ByteBuffer.allocate(4096)
            say("disk.fdatasync", median {
                page.rewind()
                file.channel.write(page)
                file.channel.force(false)
            })
        }
    }

    private fun median(work: (Int) -> Unit): Double = List(300) { n ->
        val started = System.nanoTime()
        work(n)
        (System.nanoTime() - started) / 1e6
    }.sorted()[150]

    private companion object {
        const val FORMS = 30
        const val NOTES = 30
    }

    private fun say(name: String, milliseconds: Double) =
        println("""{"name":"$name","median_ms":${"%.3f".format(Locale.ROOT, milliseconds)}}""")
}
