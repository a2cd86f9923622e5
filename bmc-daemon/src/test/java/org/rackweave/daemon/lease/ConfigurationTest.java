package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** A slice that is loaded with what its borrower asked for before a host reaches it. */
class ConfigurationTest {
    private static final LeasePolicy POLICY = new LeasePolicy(1_000, 60_000, 2_000, 1_500, 1, 9, 1, 30_000);
    private static final NodeId OWNER = new NodeId(9, 9);
    private static final Principal A = new Principal("a", new NodeId(1, 1), Role.NODE, Optional.empty());
    private static final LeaseId LEASE = new LeaseId(5, 5);
    private static final String KEY = "acc0";
    private static final String AES = "aes-gcm-v2.bit";
    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private static final SlicePlace PLACE = new SlicePlace("switch1", "fpga0", LatencyClass.SWITCH);
    private static final SliceFacts FACTS = new SliceFacts(
            KEY,
            ResourceKind.ACCELERATOR,
            1,
            Set.of("crypto/aes-gcm"),
            ForcedEndEffect.TOLERATED,
            FenceKind.HARDWARE_EPOCH,
            PLACE,
            Set.of(AES, "sha3.bit"));
    private static final Attachment ATTACHMENT = new Attachment("accelerator", "/x", 4096);

    private final List<Effect> effects = new ArrayList<>();
    private LeaseCore core = new LeaseCore(OWNER, POLICY, List.of());
    private SliceRow row;

    @Test
    void whereASliceSitsAndWhatCanBeLoadedIsShownToBorrowers() {
        free();
        SliceView view = core.slices().get(0);
        assertThat(view.place()).isEqualTo(PLACE);
        assertThat(view.configurations()).containsExactlyInAnyOrder(AES, "sha3.bit");
    }

    @Test
    void aSliceIsLoadedThenRoutedAndTheLeaseSaysWithWhat() {
        free();
        commit(Optional.of(AES));
        assertThat(ordered()).isEqualTo(new HardwareOrder.Load(AES));
        done(new HardwareResult.Loaded(AES, DIGEST));
        assertThat(ordered()).isEqualTo(new HardwareOrder.Bind("a"));
        assertThat(row.state()).isEqualTo(SliceState.CONFIGURING);
        done(new HardwareResult.Attached(ATTACHMENT, Optional.of(AES)));
        assertThat(row.state()).isEqualTo(SliceState.ACTIVE);
        assertThat(core.lease(LEASE, 0).orElseThrow().configuration()).contains(AES);
        assertThat(effects).anySatisfy(effect -> assertThat(effect)
                .isInstanceOfSatisfying(
                        Effect.Audit.class,
                        audit -> assertThat(audit.detail()).contains(AES).contains(DIGEST)));
    }

    @Test
    void aConfigurationThatTheSliceDoesNotHaveIsRefusedBeforeAnythingIsPromised() {
        free();
        reserve(Optional.of("gzip.bit"));
        assertThat(refusal().code()).isEqualTo(RefusalCode.CONFLICT);
        assertThat(refusal().detail()).contains("gzip.bit").contains(AES);
        assertThat(row.state()).isEqualTo(SliceState.FREE);
    }

    @Test
    void aLoadThatFailsIsFencedAndWipedAndItsBorrowerHearsWhy() {
        for (HardwareResult result : List.of(
                new HardwareResult.Refused("CRC of the bitstream is wrong"),
                new HardwareResult.Unknown("no answer"),
                new HardwareResult.Loaded("sha3.bit", DIGEST))) {
            free();
            commit(Optional.of(AES));
            done(result);
            assertThat(refusal().code()).isEqualTo(RefusalCode.UNAVAILABLE);
            assertThat(row.state()).as(result.toString()).isEqualTo(SliceState.FENCING);
            assertThat(ordered()).isEqualTo(new HardwareOrder.Unbind());
        }
    }

    @Test
    void whatIsReadBackAfterTheBindMustBeWhatWasAskedFor() {
        for (Optional<String> asked : List.of(Optional.of(AES), Optional.<String>empty())) {
            free();
            commit(asked);
            asked.ifPresent(name -> done(new HardwareResult.Loaded(name, DIGEST)));
            done(new HardwareResult.Attached(ATTACHMENT, asked.isPresent() ? Optional.empty() : Optional.of(AES)));
            assertThat(row.state()).isEqualTo(SliceState.FENCING);
            assertThat(refusal().detail()).contains("loaded with").contains("was asked for");
        }
    }

    @Test
    void aLoadThatWasGivenBackMeanwhileIsNotRouted() {
        free();
        commit(Optional.of(AES));
        step(new LeaseEvent.Asked(A, "a", new Command.Release(LEASE, row.epoch()), 2));
        done(new HardwareResult.Loaded(AES, DIGEST));
        assertThat(row.state()).isEqualTo(SliceState.FENCING);
    }

    @Test
    void whatIsLoadedWithoutALoanIsWipedBeforeItIsOffered() {
        free();
        SliceRow offered = row;
        reserve(Optional.empty());
        for (SliceRow stored : List.of(offered, row)) {
            row = stored;
            restart(new RouteReading.Unbound(row.epoch(), Optional.of(AES)));
            assertThat(row.state()).isEqualTo(SliceState.SANITISING);
            assertThat(ordered()).isEqualTo(new HardwareOrder.Sanitise());
        }
    }

    @Test
    void aRestartBetweenLoadAndBindLoadsAgainAndOneAfterTheBindDoesNot() {
        free();
        commit(Optional.of(AES));
        restart(new RouteReading.Unbound(Epoch.NONE));
        assertThat(ordered()).isEqualTo(new HardwareOrder.Load(AES));
        restart(new RouteReading.Bound("a", row.epoch()));
        assertThat(ordered()).isEqualTo(new HardwareOrder.Bind("a"));
    }

    // ---- the rig ---------------------------------------------------------------------------------------------------

    private void free() {
        core = new LeaseCore(OWNER, POLICY, List.of());
        step(new LeaseEvent.Started(
                LeaseEvent.Boot.NEW, List.of(FACTS), Map.of(KEY, new RouteReading.Unbound(Epoch.NONE))));
        done(new HardwareResult.Wiped("test", 0, 0));
        assertThat(row.state()).isEqualTo(SliceState.FREE);
        effects.clear();
    }

    private void restart(RouteReading route) {
        core = new LeaseCore(OWNER, POLICY, List.of(row));
        step(new LeaseEvent.Started(LeaseEvent.Boot.SAME, List.of(FACTS), Map.of(KEY, route)));
    }

    private void reserve(Optional<String> configuration) {
        step(new LeaseEvent.Asked(
                A,
                "a",
                new Command.Reserve(LEASE, new LoanId(1, 1), KEY, 10_000, 0, ForcedEndEffect.TOLERATED, configuration),
                1));
    }

    private void commit(Optional<String> configuration) {
        reserve(configuration);
        step(new LeaseEvent.Asked(A, "a", new Command.Commit(LEASE, row.epoch()), 2));
    }

    private void done(HardwareResult result) {
        Effect.Drive drive = newest(Effect.Drive.class);
        step(new LeaseEvent.HardwareDone(KEY, drive.epoch(), drive.order(), result));
    }

    private void step(LeaseEvent event) {
        effects.addAll(core.step(event, 0));
        effects.forEach(effect -> {
            if (effect instanceof Effect.SaveSlice save) {
                row = save.row();
            }
        });
    }

    private HardwareOrder ordered() {
        return newest(Effect.Drive.class).order();
    }

    private Answer.Refused refusal() {
        return (Answer.Refused) newest(Effect.Reply.class).answer();
    }

    private <T> T newest(Class<T> kind) {
        return effects.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .reduce((older, newer) -> newer)
                .orElseThrow();
    }
}
