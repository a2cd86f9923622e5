package org.rackweave.sim.machines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OwnedProcessTest {
    private static final List<String> TEN_MINUTES = List.of("setpriv", "--pdeathsig", "KILL", "sleep", "600");

    /** A process that owns another, says which, and waits to be killed. */
    static final class Owner {
        private Owner() {}

        public static void main(String[] args) throws Exception {
            OwnedProcess owned = OwnedProcess.start(new ProcessBuilder(TEN_MINUTES));
            System.out.println(owned.process().pid());
            owned.process().waitFor();
        }
    }

    @Test
    void isKilledWithTheOneThatStartedIt() throws Exception {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = owner.inputReader(StandardCharsets.UTF_8)) {
            ProcessHandle owned =
                    ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();

            owner.destroyForcibly();

            owned.onExit().get(1, TimeUnit.MINUTES);
        } finally {
            owner.destroyForcibly();
        }
    }

    @Test
    void outlivesTheThreadThatAskedForIt() throws Exception {
        OwnedProcess[] started = new OwnedProcess[1];
        Thread asking = new Thread(() -> started[0] = start());
        asking.start();
        asking.join();
        try {
            assertThat(started[0].process().waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
        } finally {
            started[0].kill();
        }
        assertThat(started[0].process().isAlive()).isFalse();
    }

    private static OwnedProcess start() {
        try {
            return OwnedProcess.start(new ProcessBuilder(TEN_MINUTES));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
