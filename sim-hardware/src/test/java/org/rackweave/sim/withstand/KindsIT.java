package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WipeCertificate;

/** Slices of every kind, from the owner's configuration file to what a host sees, on the distribution as it is delivered. */
class KindsIT {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String SLICES = "\"2 memory 1MiB; 4 cores 2; 2 lanes 8 pcie/gen5; 1 function net/100g on nic0;"
            + " 1 pcie-device storage/nvme; 1 accelerator crypto/aes-gcm loads aes-gcm-v2.bit,sha3.bit on fpga0\"";

    private static TrialRack rack;
    private static Operator operator;
    private static int owner;
    private static int borrower;

    @BeforeAll
    static void start() {
        rack = TrialRack.of("a", "b");
        operator = rack.operator();
        rack.configure(
                "a",
                rack.standard("a")
                        .without("lending.interposer.settings.memorySlices")
                        .without("lending.interposer.settings.sliceBytes")
                        .with("lending.interposer.settings.slices", SLICES)
                        .with("lending.interposer.settings.fabric", "switch1"));
        owner = rack.launch("a").awaitReady();
        borrower = rack.launch("b").awaitReady();
        operator.awaitNeighbours(borrower, 1);
        Soon.is("all of the owner's slices are wiped", SOON, () -> operator.slices(owner).stream()
                .allMatch(slice -> slice.state() == SliceState.FREE));
    }

    @AfterAll
    static void close() {
        rack.close();
    }

    @Test
    void anOwnerShowsWhereASliceSitsAndWhatCanBeLoaded() {
        SliceView accelerator = operator.slices(owner).stream()
                .filter(slice -> slice.kind() == ResourceKind.ACCELERATOR)
                .findFirst()
                .orElseThrow();
        assertThat(accelerator.place().fabric()).isEqualTo("switch1");
        assertThat(accelerator.place().device()).isEqualTo("fpga0");
        assertThat(accelerator.place().latency()).isEqualTo(LatencyClass.SWITCH);
        assertThat(accelerator.configurations()).containsExactlyInAnyOrder("aes-gcm-v2.bit", "sha3.bit");
    }

    @Test
    void theCommandLineShowsWhereASliceSitsAndWhatCanBeLoaded() {
        Ended shown = rack.commandLine("a", "slices", "-o", "json");
        assertThat(shown.exitCode()).as(shown.errors()).isZero();
        assertThat(shown.output())
                .contains(
                        "\"fabric\": \"switch1\"", "\"device\": \"fpga0\"", "\"latency\": \"switch\"", "\"sha3.bit\"");
    }

    @ParameterizedTest
    @CsvSource({
        "memory, 1MiB, '', file-window, ''",
        "cores, 4, '', execution-slot, 'cpus '",
        "lanes, 16, pcie/gen5, lanes, 'capabilities pcie/gen5'",
        "function, 1, net/100g, pcie-function, 'capabilities net/100g'",
        "pcie-device, 1, storage/nvme, pcie-device, 'capabilities storage/nvme'",
        "accelerator, 1, crypto/aes-gcm, accelerator, 'capabilities crypto/aes-gcm'"
    })
    void theCommandLineBorrowsAndReturnsAnyKind(
            String kind, String amount, String capability, String attachment, String seen) {
        List<String> words = capability.isEmpty()
                ? List.of("borrow", "--kind", kind, "--amount", amount, "--from", "a")
                : List.of("borrow", "--kind", kind, "--amount", amount, "--from", "a", "--capability", capability);
        Ended borrowed = rack.commandLine("b", words.toArray(String[]::new));
        assertThat(borrowed.exitCode()).as(borrowed.errors()).isZero();
        LoanView loan = operator.loans(borrower).stream()
                .filter(each -> each.requirement().kind().word().equals(kind))
                .filter(each -> each.leases().stream().anyMatch(KindsIT::isActive))
                .findFirst()
                .orElseThrow();
        assertThat(loan.leases().stream().mapToLong(LeaseView::amount).sum())
                .isEqualTo(loan.requirement().amount());
        for (LeaseView lease : loan.leases()) {
            Attachment reached = lease.attachment().orElseThrow();
            assertThat(reached.kind()).isEqualTo(attachment);
            assertThat(read(reached)).contains(seen);
        }
        giveBack(loan);
        for (LeaseView lease : loan.leases()) {
            assertThat(Path.of(lease.attachment().orElseThrow().address())).doesNotExist();
        }
    }

    @Test
    void anAcceleratorIsLoadedWithWhatWasAskedForAndIsInItsDefaultStateAfterwards() {
        for (String configuration : List.of("aes-gcm-v2.bit", "sha3.bit")) {
            LoanView loan = Operator.expect(
                            Answer.Loan.class, operator.ask(borrower, borrow(Optional.of(configuration))))
                    .loan();
            LeaseView lease = loan.leases().get(0);
            assertThat(lease.configuration()).contains(configuration);
            assertThat(read(lease.attachment().orElseThrow())).contains("loaded " + configuration + " sha256:");
            giveBack(loan);
            assertThat(operator.auditTrail(owner))
                    .filteredOn(row -> row.action().equals("slice.loaded"))
                    .extracting(AuditRow::detail)
                    .anyMatch(detail -> detail.contains(configuration));
        }
        LoanView plain = Operator.expect(Answer.Loan.class, operator.ask(borrower, borrow(Optional.empty())))
                .loan();
        assertThat(read(plain.leases().get(0).attachment().orElseThrow())).doesNotContain("loaded");
        giveBack(plain);
    }

    @Test
    void whatNobodyHoldsIsNotLoaded() {
        Answer.Refused refused =
                Operator.expect(Answer.Refused.class, operator.ask(borrower, borrow(Optional.of("gzip.bit"))));
        assertThat(refused.code()).isEqualTo(RefusalCode.NO_MATCH);
    }

    @Test
    void coresComeWithACertificateThatSaysThatThereWasNothingToWipe() {
        Command.Borrow cores = new Command.Borrow(
                id(),
                new Requirement(
                        ResourceKind.CORES,
                        2,
                        Optional.empty(),
                        30_000,
                        0,
                        ForcedEndEffect.TOLERATED,
                        Optional.of(rack.id("a")),
                        1),
                Command.Borrow.Mode.APPLY);
        LoanView loan = Operator.expect(Answer.Loan.class, operator.ask(borrower, cores))
                .loan();
        assertThat(loan.leases().get(0).wipe().map(WipeCertificate::method)).contains("none-needed");
        giveBack(loan);
    }

    private static Command.Borrow borrow(Optional<String> configuration) {
        return new Command.Borrow(
                id(),
                new Requirement(
                        ResourceKind.ACCELERATOR,
                        1,
                        Optional.of("crypto/aes-gcm"),
                        30_000,
                        0,
                        ForcedEndEffect.TOLERATED,
                        Optional.of(rack.id("a")),
                        1,
                        configuration,
                        Optional.empty(),
                        Locality.ANY,
                        1),
                Command.Borrow.Mode.APPLY);
    }

    private static LoanId id() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new LoanId(random.nextLong(), random.nextLong());
    }

    private static boolean isActive(LeaseView lease) {
        return lease.state() == SliceState.ACTIVE;
    }

    private static void giveBack(LoanView loan) {
        operator.ask(borrower, new Command.ReleaseLoan(loan.id()));
        Soon.is("all is free again", SOON, () -> operator.slices(owner).stream()
                .allMatch(slice -> slice.state() == SliceState.FREE));
    }

    private static String read(Attachment attachment) {
        try {
            return Files.readString(Path.of(attachment.address()), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
