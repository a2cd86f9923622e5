package org.rackweave.daemon.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;

class WindowsTest {
    private static final int PAGE = 4_096;

    @TempDir
    Path dir;

    private final Windows windows = new Windows();

    private Path window(String name, int pages, int... used) throws IOException {
        byte[] content = new byte[pages * PAGE];
        for (int page : used) {
            content[page * PAGE + PAGE - 1] = 1;
        }
        return Files.write(dir.resolve(name), content);
    }

    private static LoanView loan(int number, LoanState state, String kind, Path... windows) {
        List<LeaseView> leases = new ArrayList<>();
        for (Path window : windows) {
            leases.add(new LeaseView(
                    new LeaseId(number, leases.size()),
                    new LoanId(number, 0),
                    new SliceId(new NodeId(7, 7), "mem" + leases.size()),
                    new NodeId(5, 5),
                    SliceState.ACTIVE,
                    new Epoch(1),
                    ResourceKind.MEMORY,
                    PAGE,
                    4,
                    60_000,
                    60_000,
                    ForcedEndEffect.TOLERATED,
                    FenceKind.HARDWARE_EPOCH,
                    Optional.of(new Attachment(kind, window.toString(), PAGE)),
                    Optional.empty(),
                    ""));
        }
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY, PAGE, Optional.empty(), 60_000, 4, ForcedEndEffect.FATAL, Optional.empty(), 2);
        return new LoanView(new LoanId(number, 0), requirement, state, leases, "");
    }

    @Test
    void the_use_of_a_loan_is_how_many_pages_of_all_its_windows_hold_something() throws IOException {
        windows.borrowed(List.of(
                loan(1, LoanState.ACTIVE, Windows.KIND, window("a", 100, 7), window("b", 100)),
                loan(2, LoanState.ACTIVE, Windows.KIND, window("c", 70)),
                loan(3, LoanState.ACTIVE, Windows.KIND, window("d", 2, 0, 1))));

        assertThat(windows.uses())
                .containsExactly(
                        new HostReport.LoanUse(new LoanId(1, 0), 1),
                        new HostReport.LoanUse(new LoanId(2, 0), 0),
                        new HostReport.LoanUse(new LoanId(3, 0), 100));
        assertThat(windows.of(new LeaseId(1, 1)))
                .contains(new Windows.Window(dir.resolve("b"), ForcedEndEffect.TOLERATED));

        windows.notTold();
        assertThat(windows.uses()).isEmpty();
        assertThat(windows.of(new LeaseId(1, 1))).isPresent();
    }

    @Test
    void what_cannot_be_measured_is_not_reported() throws IOException {
        windows.borrowed(List.of(
                loan(1, LoanState.ACTIVE, Windows.KIND, window("a", 1), dir.resolve("gone")),
                loan(2, LoanState.ACTIVE, "rdma", window("b", 1)),
                loan(3, LoanState.RELEASING, Windows.KIND, window("c", 1))));
        assertThat(windows.uses()).isEmpty();
        assertThat(windows.of(new LeaseId(2, 0))).isEmpty();

        windows.borrowed(List.of());
        assertThat(windows.uses()).isEmpty();
        assertThat(windows.of(new LeaseId(1, 0))).isEmpty();
    }

    @Test
    void every_page_counts_that_holds_something_wherever_it_is() throws IOException {
        Random random = new Random(3);
        for (int round = 0; round < 50; round++) {
            byte[] content = new byte[1 + random.nextInt(200 * PAGE)];
            int pages = (content.length + PAGE - 1) / PAGE;
            boolean[] used = new boolean[pages];
            for (int i = random.nextInt(pages + 1); i > 0; i--) {
                int at = random.nextInt(content.length);
                content[at] = 1;
                used[at / PAGE] = true;
            }
            long count = 0;
            for (boolean one : used) {
                count += one ? 1 : 0;
            }
            assertThat(Windows.usedPages(Files.write(dir.resolve("w"), content)))
                    .isEqualTo(count);
        }
    }
}
