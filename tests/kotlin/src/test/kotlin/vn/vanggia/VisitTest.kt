package vn.vanggia

import org.junit.AfterClass
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Assert.fail
import org.junit.BeforeClass
import org.junit.Test
import vn.vanggia.core.App
import vn.vanggia.core.AppConfig
import vn.vanggia.core.AppException
import vn.vanggia.core.AppStatus
import vn.vanggia.core.FormSession
import vn.vanggia.core.KeyStore
import vn.vanggia.core.KeyStoreFailure
import vn.vanggia.core.Language
import vn.vanggia.testing.Console
import vn.vanggia.testing.Household
import vn.vanggia.testing.Hub
import vn.vanggia.testing.SoftKeyStore
import vn.vanggia.testing.Waiting
import vn.vanggia.testing.cameraPicture
import java.io.ByteArrayInputStream
import java.io.File
import javax.imageio.ImageIO

/** A home visit through the generated Kotlin, against a hub process. */
class VisitTest {
    private val work = File(Hub.property("vanggia.target"), "kotlin/work")

    private fun folder(name: String) = File(work, name).also { it.deleteRecursively(); it.mkdirs() }

    private fun open(folder: File, keys: KeyStore = SoftKeyStore()): App =
        App.open(AppConfig(folder.path, Language.VIETNAMESE, "JVM", "0.1.0"), keys)

    private fun App.synced() = Waiting().let { waiting -> syncing().start(waiting).use { waiting.summary() } }

    @Test
    fun aWholeVisit() {
        val folder = folder("visit")
        val keys = SoftKeyStore()
        open(folder, keys).use { phone ->
            assertEquals(AppStatus.NOT_ENROLLED, phone.status())
            val worker = phone.access().enrol(hub.invite(), PIN)
            assertEquals(Hub.WORKER, worker.name)
            assertTrue("the foreign key was asked", keys.calls > 0)

            val first = phone.synced()
            assertEquals(first.text, "ok", first.code)
            assertEquals(setOf("vang_gia", "tiep_nhan_tre_em"), phone.forms().list().map { it.id }.toSet())

            phone.forms().start("vang_gia", null).use { form ->
                val filler = Filler(form, cameraPicture())
                filler.fill()
                assertTrue("${filler.pages}", filler.answers > 50)
                val visit = filler.finish()
                assertNotNull(visit.householdId)
            }
            assertEquals(0, phone.today().view().drafts.size)
            assertTrue(phone.today().view().sync.changesWaiting > 0u)
            assertEquals(1u, phone.today().view().sync.photosWaiting)
        }

        // The process ended: the PIN opens what was kept, and it goes to the office.
        open(folder, keys).use { phone ->
            assertEquals(AppStatus.LOCKED, phone.status())
            phone.access().unlock(PIN)
            val found = phone.households().list("nong van dinh", 0u, 10u)
            assertEquals(listOf(Household.HEAD), found.rows.map { it.name })
            val household = phone.households().view(found.rows.single().id)
            assertEquals(Household.names.toSet(), household.members.map { it.name }.toSet())
            val rows = household.sections.flatMap { it.rows }
            assertTrue(rows.toString(), rows.any { it.title == Household.GOAL })
            // Each of them has a page, which says whose it is; of the form, what was answered.
            rows.forEach { assertEquals(household.name, phone.records().view(it.reference).above.first().title) }
            val answers = phone.records().submission(rows.last().reference).answers.flatMap { it.answers }.map { it.value }
            assertTrue(answers.toString(), answers.containsAll(Household.names))
            val photo = ImageIO.read(ByteArrayInputStream(phone.records().photo(household.photos.single().reference)))
            assertTrue("${photo.width} × ${photo.height}", photo.width in 1600..2048 && photo.height * 4 == photo.width * 3)

            val second = phone.synced()
            assertEquals(second.text, "ok", second.code)
            assertEquals(1uL, second.photosSent)
            assertEquals(0u, phone.today().view().sync.changesWaiting)
            assertEquals(0u, phone.today().view().sync.photosWaiting)

            val stats = hub.stats()
            assertEquals(stats.toString(), listOf(1L, 3L, 1L, 1L, 0L), listOf("household", "person", "visit", "submissions", "waiting").map { stats[it] })
            assertEquals(stats.toString(), 1L to 1L, stats["photos"] to stats["photos_whole"])

            val console = Console(hub)
            assertTrue(console.search("nong van dinh").contains(Household.HEAD))
            assertTrue(!console.search("khong co ai").contains(Household.HEAD))
            val page = console.page(Regex("/households/[0-9a-f-]{36}").find(console.search("Định"))!!.value)
            Household.names.forEach { assertTrue(it, page.contains(it)) }
            val picture = console.bytes(Regex("/photos/[0-9a-f-]{36}").find(page)!!.value)
            assertArrayEquals("the office sees the phone's picture", phone.records().photo(household.photos.single().reference), picture)
        }
    }

    @Test
    fun aKilledAppKeepsEachAnswer() {
        val folder = folder("draft")
        val keys = SoftKeyStore()
        open(folder, keys).use { phone ->
            phone.access().enrol(hub.invite(), PIN)
            phone.synced()
            val form = phone.forms().start("vang_gia", null)
            Household.answer("/data/visit/visit_purpose")!!.let { form.answer(path(form, "visit_purpose"), it) }
            form.close()
        }
        open(folder, keys).use { phone ->
            phone.access().unlock(PIN)
            val draft = phone.today().view().drafts.single()
            phone.forms().resume(draft.draftId).use { form ->
                val kept = form.page().questions.single { it.path.endsWith("/visit_purpose") }
                assertEquals(Household.answer(kept.path), kept.value)
                form.abandon()
            }
            assertTrue(phone.today().view().drafts.isEmpty())
        }
    }

    @Test
    fun anErrorCarriesItsCodeAndItsText() {
        val folder = folder("errors")
        open(folder).use { phone ->
            phone.access().enrol(hub.invite(), PIN)
            phone.access().lock()
            val error = failure { phone.access().unlock("000000") }
            assertEquals("store.wrong-pin", error.code)
            assertTrue(error.text, error.text.contains("PIN"))
        }
        // A hardware key that is gone says so, whatever the PIN.
        val gone = object : KeyStore {
            override fun renew(): Unit = throw KeyStoreFailure.Unavailable()
            override fun hmac(bytes: ByteArray): ByteArray = throw KeyStoreFailure.Lost()
        }
        open(folder, gone).use { phone -> assertTrue(failure { phone.access().unlock(PIN) }.code != "store.wrong-pin") }
        open(folder("used")).use { phone ->
            val code = hub.invite()
            phone.access().enrol(code, PIN)
            open(folder("again")).use { other -> failure { other.access().enrol(code, PIN) } }
        }
    }

    private fun path(form: FormSession, name: String) = form.page().questions.single { it.path.endsWith("/$name") }.path

    private fun failure(work: () -> Unit): AppException.Failed {
        try {
            work()
        } catch (error: AppException.Failed) {
            return error
        }
        fail("no error came")
        throw IllegalStateException()
    }

    companion object {
        private const val PIN = "482915"
        private lateinit var hub: Hub

        @BeforeClass
        @JvmStatic
        fun start() {
            hub = Hub(File(Hub.property("vanggia.target"), "kotlin/hub"))
        }

        @AfterClass
        @JvmStatic
        fun stop() = hub.close()
    }
}
