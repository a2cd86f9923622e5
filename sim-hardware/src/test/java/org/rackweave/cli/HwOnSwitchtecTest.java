package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.cli.SwitchRig.slice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.sim.switchtec.RunningSwitchtec;

/** {@code rackweave hw} before a simulated Switchtec of two hosts: physical port 16 is bound to partition 1. */
@Timeout(60)
class HwOnSwitchtecTest {
    private static final String PLAN = """
            product psx
            partitions 2
            logical-ports 8
            bind-time 1
            stack 0 4,0,4
            stack 1 16
            stack 2 8,0,0,0,8
            upstream 0 0
            upstream 2 1
            bound 16 1 3
            """;

    @TempDir
    private Path folder;

    private final SwitchRig rig = new SwitchRig();
    private final RunningSwitchtec running;

    HwOnSwitchtecTest() throws IOException {
        running = RunningSwitchtec.start(PLAN);
    }

    @AfterEach
    void stop() throws IOException {
        running.close();
    }

    private SwitchRig.Run hw(String... arguments) {
        List<String> all = new ArrayList<>(List.of("hw"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--switch", "switchtec:" + running.place()));
        return rig.run(all.toArray(String[]::new));
    }

    private void owned() throws IOException {
        Path file = folder.resolve("rackweave.yaml");
        Files.writeString(
                file,
                "lending:\n  interposer:\n    provider: switchtec\n    settings: { address: \"" + running.place()
                        + "\" }\n",
                StandardCharsets.UTF_8);
        rig.configuredBy(file);
    }

    @Test
    void the_tree_shows_partitions_and_ports() {
        assertThat(hw("tree").out()).isEqualTo("""
                Switchtec at switchtec:PLACE, device 4136 (fan-out), firmware 04040500, 2 partitions
                ├─ partition 0, behind port 0, x4 of x4 gen4
                ├─ partition 1, behind port 2, x4 of x4 gen4
                │  └─ logical port 3: port 16
                ├─ port 8, downstream, x16, link down: unbound
                ├─ port 16, downstream, x8 of x8 gen4: partition 1 logical port 3
                └─ port 20, downstream, x8, link down: unbound
                Who holds what is not known: no daemon that is known on this machine owns this switch; name it with --node.
                """.replace("PLACE", running.place()));
    }

    @Test
    void a_port_is_bound_read_back_and_unbound() {
        SwitchRig.Run bound = hw("bind", "0", "2", "20", "--yes");
        assertThat(bound.exitCode()).as(bound.err()).isEqualTo(ExitCode.DONE);
        assertThat(bound.out()).isEqualTo("port 20: partition 0 logical port 2\n");
        assertThat(hw("show").out()).containsPattern("20 +2 +downstream +0 +2 +x8 of x8 gen4");

        assertThat(hw("unbind", "0", "2", "--yes").out()).isEqualTo("port 20: unbound\n");
    }

    @Test
    void what_changes_and_changes_back_between_two_looks_is_told_by_events() {
        CompletableFuture<SwitchRig.Run> watching =
                CompletableFuture.supplyAsync(() -> hw("watch", "--events", "--every", "300ms", "--for", "3s"));
        while (!watching.isDone()) {
            running.flap(16);
        }
        SwitchRig.Run run = watching.join();
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .containsPattern("  partition 1 logical port 3: link-state -> [0-9]+ times\n")
                .doesNotContain("port 16:");
    }

    @Test
    void the_tables_show_ports_and_stacks() {
        assertThat(hw("show").out()).isEqualTo("""
                Switchtec at switchtec:PLACE, device 4136 (fan-out), firmware 04040500, 2 partitions

                PORT  STACK  SIDE        PARTITION  LOGICAL  LINK
                   0      0  upstream            0        0  x4 of x4 gen4
                   2      0  upstream            1        0  x4 of x4 gen4
                   8      1  downstream          -        -  x16, link down
                  16      2  downstream          1        3  x8 of x8 gen4
                  20      2  downstream          -        -  x8, link down

                STACK  LANES OF ITS PORTS
                    0  4,0,4,0,0,0,0,0
                    1  16,0,0,0,0,0,0,0
                    2  8,0,0,0,8,0,0,0
                """.replace("PLACE", running.place()));
        assertThat(hw("show", "--json").out())
                .contains("\"port\": 16", "\"partition\": 1", "\"logicalPort\": 3", "\"generation\": 4", "\"lanes\"");
    }

    @Test
    void a_stack_is_shown_and_split() {
        assertThat(hw("bifurcate", "1").out()).isEqualTo("stack 1: 16,0,0,0,0,0,0,0\n");
        assertThat(hw("bifurcate", "1", "8,0,0,0,8", "--yes").out()).isEqualTo("stack 1: 8,0,0,0,8,0,0,0\n");
        assertThat(hw("bifurcate", "1", "--json").out()).contains("\"stack\": 1", "8");

        SwitchRig.Run refused = hw("bifurcate", "2", "16", "--yes");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFLICT);
        assertThat(refused.err()).contains("stack-port-bound", "unbind every port of the stack first");
        assertThat(hw("bifurcate", "1", "7", "--yes").err()).contains("WIDTHS", "not 7");
        assertThat(hw("bifurcate", "9").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(hw("bifurcate", "5").exitCode()).isEqualTo(ExitCode.CONFLICT);
    }

    @Test
    void a_dry_run_shows_the_bytes_and_sends_none() throws Exception {
        running.close();

        SwitchRig.Run run = hw("bind", "0", "2", "20", "--dry-run");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        // Word 0x0C of this switch (PAX id 0x1F), subcommand 0, partition 0, logical port 2, physical port 20; behind
        // a header of 16 bytes.
        assertThat(run.out())
                .contains("# open\n6d6c7373", "# bind\n")
                .containsPattern("\n6d6c7373.{24}0c007c0000000214\n");
        assertThat(rig.run("hw", "bind", "0", "2", "20", "--dry-run", "--switch", "/dev/switchtec7")
                        .out())
                .isEqualTo("# bind\n0c007c0000000214\n");
    }

    @Test
    void what_a_loan_holds_is_left_alone_unless_told_twice() throws Exception {
        owned();
        rig.lending(slice("port16", SliceState.ACTIVE), slice("lanes12", SliceState.RESERVED));
        for (List<String> order : List.of(
                List.of("unbind", "1", "3"), List.of("bifurcate", "1", "8,8"), List.of("port", "2", "disable"))) {
            List<String> withYes = new ArrayList<>(order);
            withYes.add("--yes");
            SwitchRig.Run refused = hw(withYes.toArray(String[]::new));
            assertThat(refused.exitCode()).as(order.toString()).isEqualTo(ExitCode.CONFLICT);
            assertThat(refused.err()).contains("this touches what a daemon lends");
        }
        SwitchRig.Run told = hw("unbind", "1", "3", "--yes", "--although-lent");
        assertThat(told.exitCode()).as(told.err()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void what_the_family_cannot_do_is_refused_by_name() {
        assertThat(hw("sanitise", "16", "0", "--yes").err()).contains("a Switchtec wipes nothing");
        assertThat(hw("bind", "0", "2", "20", "--ld", "1", "--yes").err()).contains("knows no logical devices");
        assertThat(hw("port", "16", "assert-perst", "--yes").err()).contains("begin-hot-reset");
        assertThat(hw("port", "16", "disable", "--yes").err()).contains("the switch refused to control port");
    }

    @Test
    void the_self_test_names_what_the_switch_does_not_know_and_passes() {
        SwitchRig.Run run = hw("selftest");

        assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .containsPattern("PASS +[0-9]+ us  read binds: 3 downstream ports")
                .containsPattern("NOT KNOWN HERE +[0-9]+ us  read port configuration: ")
                .doesNotContain("FAIL");
    }

    @Test
    void a_switch_that_is_not_there_is_said_with_its_name() throws Exception {
        running.close();

        SwitchRig.Run run = hw("tree");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("nothing was sent", "127.0.0.2");
        assertThat(hw("selftest").out().lines()).hasSize(1);
    }
}
