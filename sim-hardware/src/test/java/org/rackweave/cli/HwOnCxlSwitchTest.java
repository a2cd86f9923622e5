package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.cli.SwitchRig.slice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.pool.CxlSwitchProvider;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.sim.cxl.CxlSwitchServer;
import org.rackweave.sim.cxl.PlannedFault;
import org.rackweave.sim.cxl.SwitchText;

/** {@code rackweave hw} before a simulated CXL switch: logical device 0 of port 3 is bound to virtual switch 0. */
@Timeout(60)
class HwOnCxlSwitchTest {
    private static final String PLAN = """
            background 1ms
            serial 42
            port 0 upstream
            port 1 upstream
            port 2 sld 4GiB
            port 3 mld 512MiB lds 2 serial 7
            port 5 empty
            vcs 0 upstream 0 vppbs 3
            vcs 1 upstream 1 vppbs 2
            bound 0 1 to 3 ld 0
            """;
    private static final String BOUND = "mld-0000000000000007-ld0";
    private static final String FREE = "mld-0000000000000007-ld1";

    @TempDir
    private Path folder;

    private final SwitchRig rig = new SwitchRig();
    private CxlSwitchServer server;

    @BeforeEach
    void start() throws IOException {
        server = CxlSwitchServer.start(SwitchText.parse(PLAN), Dialect.CXL3);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private String place() throws IOException {
        return "127.0.0.1:" + server.address().getPort();
    }

    private SwitchRig.Run hw(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("hw"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--switch", place()));
        return rig.run(all.toArray(String[]::new));
    }

    /** This machine's daemon owns the switch. */
    private void owned() throws IOException {
        ownedBy(place());
    }

    private void ownedBy(String way) throws IOException {
        Path file = folder.resolve("rackweave.yaml");
        Files.writeString(
                file,
                "lending:\n  interposer:\n    provider: cxl-switch\n    settings: { switch: \"" + way + "\" }\n",
                StandardCharsets.UTF_8);
        rig.configuredBy(file);
    }

    @Test
    void the_tree_shows_hosts_ports_and_logical_devices_and_says_that_holders_are_not_known() throws Exception {
        assertThat(hw("tree").out()).isEqualTo("""
                CXL switch 000000000000002a at PLACE, dialect cxl3
                ├─ virtual switch 0, behind port 0, x16 of x16 gen5
                │  ├─ vPPB 1: port 3 ld 0
                │  └─ 2 vPPBs unbound, the first is 0
                ├─ virtual switch 1, behind port 1, x16 of x16 gen5
                │  └─ 2 vPPBs unbound, the first is 0
                ├─ port 2, downstream, type-3-sld, x16 of x16 gen5: unbound
                ├─ port 3, downstream, type-3-mld 0000000000000007, x16 of x16 gen5
                │  ├─ ld 0, 256MiB: virtual switch 0 vPPB 1
                │  └─ ld 1, 256MiB: unbound
                └─ port 5, downstream, x16, link down
                Who holds what is not known: no daemon that is known on this machine owns this switch; name it with --node.
                """.replace("PLACE", place()));
    }

    @Test
    void the_tree_names_who_holds_what_where_the_daemon_says_it() throws Exception {
        owned();
        rig.lending(slice(BOUND, SliceState.ACTIVE), slice(FREE, SliceState.FREE), slice("port2", SliceState.FREE));

        assertThat(hw("tree").out())
                .contains("ld 0, 256MiB: virtual switch 0 vPPB 1 (" + BOUND + " active, bravo)\n")
                .contains("ld 1, 256MiB: unbound (" + FREE + " free)\n")
                .contains("x16 of x16 gen5: unbound (port2 free)\n")
                .doesNotContain("not known");
        assertThat(hw("tree", "--json").out())
                .contains("\"slice\": \"" + BOUND + "\"", "\"holder\": \"2e9d71c4", "\"holdersKnown\": true");
    }

    @Test
    void what_a_loan_holds_is_left_alone_unless_told_twice() throws Exception {
        owned();
        rig.lending(slice(BOUND, SliceState.ACTIVE));
        for (List<String> order : List.of(
                List.of("unbind", "0", "1"),
                List.of("port", "3", "reset-ppb"),
                List.of("port", "0", "assert-perst"),
                List.of("sanitise", "3", "0"))) {
            List<String> withYes = new ArrayList<>(order);
            withYes.add("--yes");
            SwitchRig.Run refused = hw(withYes.toArray(String[]::new));
            assertThat(refused.exitCode()).as(order.toString()).isEqualTo(ExitCode.CONFLICT);
            assertThat(refused.err()).contains(BOUND + " active, bravo", "--although-lent");
        }
        assertThat(hw("tree").out()).contains("vPPB 1: port 3 ld 0");

        SwitchRig.Run told = hw("unbind", "0", "1", "--yes", "--although-lent");
        assertThat(told.exitCode()).as(told.err()).isEqualTo(ExitCode.DONE);
        assertThat(told.out()).isEqualTo("virtual switch 0 vPPB 1: unbound\n");
    }

    @Test
    void what_nobody_holds_needs_one_yes_although_its_neighbour_is_lent() throws Exception {
        owned();
        rig.lending(slice(BOUND, SliceState.ACTIVE), slice(FREE, SliceState.FREE));

        SwitchRig.Run run = hw("bind", "1", "0", "3", "--ld", "1", "--yes");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).isEqualTo("virtual switch 1 vPPB 0: port 3 ld 1\n");
    }

    @Test
    void what_somebody_waits_for_counts_as_held_and_what_is_quarantined_without_a_lease_does_not() throws Exception {
        owned();
        rig.lending(slice(FREE, SliceState.FREE)).wantingMemory();
        SwitchRig.Run waited = hw("bind", "1", "0", "3", "--ld", "1", "--yes");
        assertThat(waited.exitCode()).isEqualTo(ExitCode.CONFLICT);
        assertThat(waited.err()).contains(FREE + " free, and somebody waits for memory");

        rig.lending(SwitchRig.unheld(BOUND, SliceState.QUARANTINED));
        assertThat(hw("unbind", "0", "1", "--yes").exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void a_device_that_does_not_say_who_it_is_may_be_the_one_that_is_lent() throws Exception {
        owned();
        rig.lending(slice(BOUND, SliceState.ACTIVE));
        server.tell(new PlannedFault(Opcode.GET_LD_INFO, PlannedFault.Kind.FAIL, 0, 2));
        assertThat(hw("tree").out()).contains("type-3-mld, x16", "ld 0: virtual switch 0 vPPB 1\n");

        SwitchRig.Run run = hw("unbind", "0", "1", "--yes");

        assertThat(run.exitCode()).isEqualTo(ExitCode.CONFLICT);
        assertThat(run.err()).contains(BOUND + " active");
    }

    @Test
    void a_logical_device_that_brings_its_host_dynamic_capacity_is_left_alone_while_pieces_are_lent() throws Exception {
        server.close();
        server = CxlSwitchServer.start(
                SwitchText.parse(PLAN + "port 8 dcd 256MiB lds 2 block 2MiB serial 9\nbound 1 0 to 8 ld 0\n"),
                Dialect.CXL3);
        owned();
        for (String piece : List.of("dcd-0000000000000009-3", "port8-3")) {
            rig.lending(slice(piece, SliceState.ACTIVE));
            for (List<String> order : List.of(List.of("unbind", "1", "0"), List.of("port", "8", "reset-ppb"))) {
                List<String> withYes = new ArrayList<>(order);
                withYes.add("--yes");
                SwitchRig.Run refused = hw(withYes.toArray(String[]::new));
                assertThat(refused.exitCode()).as(order.toString()).isEqualTo(ExitCode.CONFLICT);
                assertThat(refused.err()).contains(piece + " active, bravo", "--although-lent");
            }
        }
        rig.lending(slice("port9-3", SliceState.ACTIVE));
        assertThat(hw("unbind", "1", "0", "--yes").exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void pieces_of_dynamic_capacity_are_drawn_at_who_holds_them() throws Exception {
        server.close();
        server = CxlSwitchServer.start(
                SwitchText.parse(PLAN + "port 8 dcd 256MiB lds 2 block 2MiB serial 9\nbound 1 0 to 8 ld 1\n"),
                Dialect.CXL3);
        owned();
        rig.lending(slice("dcd-0000000000000009-1", SliceState.ACTIVE));
        assertThat(hw("tree").out())
                .contains("ld 1, ", "virtual switch 1 vPPB 0\n")
                .doesNotContain("holds");
        assertThat(hw("show").out()).doesNotContain("HELD BY");
        try (Interposer daemon = new CxlSwitchProvider()
                .open(
                        "owner",
                        Map.of(
                                "switch", place(),
                                "lend", "8/dc 64MiB",
                                "hosts", "bravo=1",
                                "wash", "0",
                                "washWindow", "/nowhere/{vppb}"))) {
            daemon.bind("dcd-0000000000000009-1", "bravo", 5);
            assertThat(hw("tree").out())
                    .containsPattern("virtual switch 1 vPPB 0\n.*holds 64MiB from 0x[0-9a-f]+ "
                            + "\\(dcd-0000000000000009-1 active, bravo\\)\n");
            assertThat(hw("tree", "--json").out())
                    .contains("\"capacity\"", "\"tag\": \"524b5756000000010000000000000005\"");
            assertThat(hw("show").out()).containsPattern("port 8 ld 1 +0x[0-9a-f]+ +64MiB +dcd-0000000000000009-1");
            daemon.unbind("dcd-0000000000000009-1", 6);
            assertThat(hw("tree").out()).doesNotContain("holds");
        }
    }

    @Test
    void a_switch_that_the_daemon_reaches_by_another_way_may_be_the_same() throws Exception {
        ownedBy("mctp:1/20");
        rig.lending(slice(BOUND, SliceState.ACTIVE));
        assertThat(hw("unbind", "0", "1", "--yes").err()).contains(BOUND + " active", "--although-lent");

        ownedBy("127.0.0.1:1");
        assertThat(hw("unbind", "0", "1", "--yes").exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void a_switch_that_stops_answering_is_said_once_while_it_is_watched() throws Exception {
        rig.whilePausing(millis -> {
            try {
                server.close();
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        });

        SwitchRig.Run run = hw("watch", "--for", "3s");

        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).containsOnlyOnce("The switch does not answer: ");
    }

    @Test
    void a_daemon_that_cannot_be_asked_is_said_before_the_question() throws Exception {
        owned();
        SwitchRig.Run unasked = hw("unbind", "0", "1", "--yes");
        assertThat(unasked.exitCode()).isEqualTo(ExitCode.CONFLICT);
        assertThat(unasked.err()).contains("cannot be asked: nobody answers", "--although-lent");

        rig.typing("n", "y");
        assertThat(hw("unbind", "0", "1").exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(rig.questions()).contains("whether it is lent is not known. Go on?");
        assertThat(hw("unbind", "0", "1").exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void without_a_name_the_switch_of_the_configuration_is_meant() throws Exception {
        assertThat(rig.run("hw", "show").err()).contains("no switch is named", "--switch");
        owned();
        rig.lending();
        assertThat(rig.run("hw", "show").out()).contains("CXL switch 000000000000002a");
    }

    @Test
    void a_wipe_is_followed_to_its_end_and_what_cannot_be_wiped_is_refused_by_name() throws Exception {
        SwitchRig.Run wiped = hw("sanitise", "3", "1", "--yes");
        assertThat(wiped.exitCode()).as(wiped.err()).isEqualTo(ExitCode.DONE);
        assertThat(wiped.out()).contains("port 3 ld 1: the device says that all of it is wiped");
        assertThat(wiped.err()).contains("% done");

        assertThat(hw("sanitise", "3", "0", "--yes").err()).contains("port 3 ld 0 is bound to virtual switch 0 vPPB 1");
        assertThat(hw("sanitise", "2", "0", "--yes").err()).contains("port 2 has no such logical device");
        assertThat(hw("sanitise", "9", "0", "--yes").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        server.tell(new PlannedFault(Opcode.SANITIZE, PlannedFault.Kind.FAIL, 0, 1));
        assertThat(hw("sanitise", "3", "1", "--yes").exitCode()).isEqualTo(ExitCode.CONFLICT);
    }

    @Test
    void a_dry_run_of_a_wipe_shows_both_tunnels_and_wipes_nothing() throws Exception {
        SwitchRig.Run run = hw("sanitise", "3", "1", "--dry-run");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        // By hand from the tables: a packet of 68 bytes with Tunnel (5300h, 32 bytes) to port 3, in it Tunnel (16
        // bytes) to logical device 1,
        // in it Sanitize (4400h, nothing).
        String outer = "010000d907" + "000100" + "0053" + "200000" + "00000000" + "03001c00";
        String inner = "000000" + "0053" + "100000" + "00000000" + "01000c00";
        String sanitize = "000000" + "0044" + "000000" + "00000000";
        assertThat(run.out())
                .endsWith("# Sanitize, in two tunnels\n" + outer + inner + sanitize + "00".repeat(19) + "\n");
        assertThat(run.out().lines()).hasSize(4);
    }

    @Test
    void what_the_family_cannot_do_is_refused_by_name() throws Exception {
        for (SwitchRig.Run run : List.of(hw("bifurcate", "1"), hw("bifurcate", "1", "8,8", "--yes"))) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.CONFLICT);
            assertThat(run.err()).contains("a CXL switch cannot bifurcate");
        }
    }

    @Test
    void a_port_that_is_not_there_is_named_with_those_that_are() throws Exception {
        SwitchRig.Run run = hw("bind", "0", "0", "9", "--yes");
        assertThat(run.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run.err()).contains("no port 9", "0, 1, 2, 3, 5");
    }

    @Test
    void what_is_bound_already_is_not_bound_again_and_said_where_it_is() throws Exception {
        SwitchRig.Run there = hw("bind", "0", "1", "2", "--yes");
        assertThat(there.exitCode()).isEqualTo(ExitCode.CONFLICT);
        assertThat(there.err()).contains("virtual switch 0 vPPB 1 has port 3 ld 0", "hw unbind");
        assertThat(hw("bind", "1", "0", "3", "--ld", "0", "--yes").err())
                .contains("port 3 ld 0 is bound to virtual switch 0 vPPB 1");
    }

    @Test
    void the_tables_show_ports_and_virtual_switches() throws Exception {
        assertThat(hw("show").out()).isEqualTo("""
                CXL switch 000000000000002a, dialect cxl3, 1 of 5 vPPBs bound

                PORT  STATE       DEVICE      LINK        LDS  FLAGS
                   0  upstream    none        x16 of x16    0  present
                   1  upstream    none        x16 of x16    0  present
                   2  downstream  type-3-sld  x16 of x16    0  present
                   3  downstream  type-3-mld  x16 of x16    2  present
                   5  downstream  none        x0 of x16     0

                VCS  VPPB  BINDING  TO
                  0     0  unbound
                  0     1  ld       port 3 ld 0
                  0     2  unbound
                  1     0  unbound
                  1     1  unbound
                """);
    }

    @Test
    void a_change_is_watched_as_it_comes() throws Exception {
        rig.whilePausing(millis -> {
            try {
                new SwitchRig().run("hw", "bind", "1", "1", "2", "--yes", "--switch", place());
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        });

        SwitchRig.Run run = hw("watch", "--for", "1s");

        assertThat(run.out()).isEqualTo("1970-01-01T00:00:00Z  virtual switch 1 vPPB 1: unbound -> port 2\n");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void the_self_test_passes_in_both_dialects_and_changes_nothing(Dialect dialect) throws Exception {
        server.close();
        server = CxlSwitchServer.start(SwitchText.parse(PLAN), dialect);
        String before = hw("tree").out();

        SwitchRig.Run run = hw("selftest");

        assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .contains("PASS", "Get LD Info, to a device: 2 in 512MiB")
                .doesNotContain("FAIL");
        assertThat(hw("tree").out()).isEqualTo(before);
    }

    @Test
    void the_self_test_fails_with_what_failed() throws Exception {
        server.tell(new PlannedFault(Opcode.GET_VCS_INFO, PlannedFault.Kind.FAIL, 0, 1));

        SwitchRig.Run run = hw("selftest");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).containsPattern("FAIL +[0-9]+ us  Get Virtual CXL Switch Info: declined");
    }

    @Test
    void the_list_has_what_is_named_and_whether_it_answers() throws Exception {
        owned();
        SwitchRig.Run run = rig.run("hw", "list", "--switch", "127.0.0.1:1", "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out())
                .contains("\"switch\": \"127.0.0.1:1\"", "\"trouble\": \"nothing was sent")
                .contains("\"switch\": \"" + place() + "\"", "\"from\": \"configuration\"", "dialect cxl3");
    }
}
