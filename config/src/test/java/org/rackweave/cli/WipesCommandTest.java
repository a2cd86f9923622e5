package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.crypto.WipeStatement;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;
import org.rackweave.protocol.message.WipeProof;

/** What owners signed, shown by a daemon and checked by an auditor who has only the file. */
class WipesCommandTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final String LOAN = CannedRack.LOAN.toString();

    @TempDir
    Path dir;

    private final Rig rig = new Rig();
    private final SecureRandom random = new SecureRandom();
    private Identity owner;

    @BeforeEach
    void lend() throws Exception {
        RackAuthority authority = RackAuthority.create(dir.resolve("ca"), "lab", NOW, random);
        authority.issue("card-b", Role.NODE, dir.resolve("b"), NOW);
        owner = Identity.load(dir.resolve("b"), NOW);
        answer(certificate());
    }

    @Test
    void aLoanShowsWhatItsOwnerSigned() {
        Rig.Outcome shown = rig.run("wipes", "show", LOAN);
        assertThat(shown.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(shown.out())
                .contains("cxl-sanitize", "2GiB", "all of it, and all zero", "device", "2026-09-21T14:13:20Z")
                .contains("not told by the device")
                .contains("slot 1, revision 2.1")
                .contains("signed by the owner");
    }

    @Test
    void anAuditorVerifiesWhatWasShownWithoutADaemon() throws IOException {
        Path file = Files.writeString(
                dir.resolve("wipes.json"),
                rig.run("wipes", "show", LOAN, "-o", "json").out());
        rig.rack.connected.clear();
        Rig.Outcome verified = rig.run("wipes", "verify", file.toString());
        assertThat(verified.err()).contains("1 wipe is signed by the owner that is named");
        assertThat(verified.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(rig.rack.connected).isEmpty();
    }

    @Test
    void whatWasChangedInTheFileIsNamed() throws IOException {
        String json = rig.run("wipes", "show", LOAN, "-o", "json").out();
        assertThat(verify(json.replace("\"wipedBytes\": 2147483648", "\"wipedBytes\": 2147483649")))
                .contains("1 of 1 do not hold", "forged");
        assertThat(verify(json.replace("\"key\": \"window0\"", "\"key\": \"window1\"")))
                .contains("foreign", "window0");
        assertThat(verify(json.replace(owner.principal().id().toString(), "0".repeat(32))))
                .contains("foreign");
        assertThat(verify(json.replace("\"epoch\": 5", "\"epoch\": 4"))).contains("not over before this grant");
        assertThat(verify(json.replaceAll("\"proof\": \"....", "\"proof\": \"AAAA")))
                .contains("forged");
    }

    @Test
    void aFileThatHoldsNoWipesIsNamed() throws IOException {
        assertThat(verify("{}")).contains("number 1 is no wipe: a list is needed");
        assertThat(verify("[{\"lease\": \"1\"}]")).contains("slice.owner is missing");
        assertThat(verify("[{\"lease\": [1]}]")).contains("lease is a list");
        assertThat(verify("[{")).contains("is no wipe");
    }

    @Test
    void whatAnOwnerLendsShowsWhatItSignedItself() {
        rig.rack.answer(Command.Kind.READ_LEASE, c -> new Answer.Lease(lease(certificate())));
        Rig.Outcome shown = rig.run("wipes", "show", "--lent", CannedRack.LENT.toString());
        assertThat(shown.out()).contains("signed by the owner");
    }

    private String verify(String json) throws IOException {
        Path file = Files.writeString(dir.resolve("changed.json"), json);
        Rig.Outcome outcome = rig.run("wipes", "verify", file.toString());
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED);
        return outcome.err();
    }

    private void answer(WipeCertificate wipe) {
        LoanView loan = CannedRack.loan(LoanState.ACTIVE);
        rig.rack.answer(
                Command.Kind.READ_LOAN,
                c -> new Answer.Loan(new LoanView(
                        loan.id(), loan.requirement(), loan.state(), List.of(lease(wipe)), loan.explanation())));
    }

    private LeaseView lease(WipeCertificate wipe) {
        return CannedRack.lease(
                        CannedRack.LEASE,
                        new SliceId(owner.principal().id(), "window0"),
                        CannedRack.A,
                        SliceState.ACTIVE)
                .withWipe(Optional.of(wipe));
    }

    private WipeCertificate certificate() {
        WipeStatement said = new WipeStatement(
                owner.principal().id(),
                "window0",
                4,
                "device",
                "cxl-sanitize",
                2 * CannedRack.GIB,
                2 * CannedRack.GIB,
                1_500,
                1_790_000_000_000L,
                "",
                "slot 1, revision 2.1");
        return new WipeCertificate(
                said.method(),
                said.wipedBytes(),
                said.verifiedBytes(),
                new Epoch(4),
                Optional.of(WipeProof.of(said.sign(owner, random))));
    }
}
