package org.rackweave.sim.interposer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.Fence;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.LoadedConfiguration;
import org.rackweave.hal.Route;
import org.rackweave.hal.WipeReport;

/**
 * What every interposer does, whatever stands behind it. An implementation extends this with a way to open one that has
 * at least two slices, none of them bound, and two host ports, or one where it can reach no other.
 */
public abstract class InterposerContract {
    protected static final String HOST = "a";
    protected static final String OTHER_HOST = "c";

    private Interposer interposer;
    private String key;
    private long epoch;

    /** Opens the same hardware each time it is called within one test. */
    protected abstract Interposer open() throws Exception;

    /** How far a wipe of this slice has to reach: all of it, where the hardware wipes and can say how much there is. */
    protected long wipedBytes(HardwareSlice slice) {
        return slice.amount();
    }

    /** Where the second slice goes while the first is with {@link #HOST}. */
    protected String hostOfTheSecond() {
        return OTHER_HOST;
    }

    @BeforeEach
    void openIt() throws Exception {
        interposer = open();
        key = interposer.slices().get(0).key();
    }

    @AfterEach
    void closeIt() {
        interposer.close();
    }

    @Test
    void slicesHaveDistinctKeysInAStableOrder() throws Exception {
        List<HardwareSlice> slices = interposer.slices();
        Set<String> keys = new HashSet<>();
        slices.forEach(slice -> keys.add(slice.key()));
        assertThat(slices).hasSizeGreaterThanOrEqualTo(2);
        assertThat(keys).hasSameSizeAs(slices);
        assertThat(interposer.slices()).isEqualTo(slices);
    }

    @Test
    void aSliceThatNobodyBoundIsUnbound() throws Exception {
        assertThat(interposer.route(key)).isInstanceOf(Route.Unbound.class);
    }

    @Test
    void aBoundSliceReadsBackItsHost() throws Exception {
        HardwareAttachment attachment = interposer.bind(key, HOST, 1);
        assertThat(attachment.address()).isNotEmpty();
        assertThat(interposer.route(key)).isEqualTo(new Route.Bound(HOST, heldEpoch(1)));
    }

    @Test
    void theSameBindAgainSaysTheSame() throws Exception {
        HardwareAttachment first = interposer.bind(key, HOST, 1);
        assertThat(interposer.bind(key, HOST, 1)).isEqualTo(first);
    }

    @Test
    void aSliceIsNeverMovedToAnotherHostByABindAlone() throws Exception {
        interposer.bind(key, HOST, 1);
        assertThatThrownBy(() -> interposer.bind(key, OTHER_HOST, 2)).isInstanceOf(HalException.Refused.class);
        assertThat(interposer.route(key)).isEqualTo(new Route.Bound(HOST, heldEpoch(1)));
    }

    @Test
    void oneSliceDoesNotMoveAnother() throws Exception {
        String second = interposer.slices().get(1).key();
        interposer.bind(key, HOST, 1);
        interposer.bind(second, hostOfTheSecond(), 1);
        interposer.unbind(key, 1);
        assertThat(interposer.route(second)).isEqualTo(new Route.Bound(hostOfTheSecond(), heldEpoch(1)));
    }

    @Test
    void anUnboundSliceIsUnboundAndStaysSoWhenToldAgain() throws Exception {
        interposer.bind(key, HOST, 1);
        interposer.unbind(key, 1);
        interposer.unbind(key, 1);
        assertThat(interposer.route(key)).isInstanceOf(Route.Unbound.class);
    }

    @Test
    void anOlderEpochIsRefusedWhereTheHardwareHoldsIt() throws Exception {
        if (interposer.slices().get(0).fence() != Fence.HARDWARE_EPOCH) {
            return;
        }
        interposer.bind(key, HOST, 5);
        assertThatThrownBy(() -> interposer.unbind(key, 4)).isInstanceOf(HalException.Refused.class);
        interposer.unbind(key, 5);
        assertThatThrownBy(() -> interposer.bind(key, HOST, 5)).isInstanceOf(HalException.Refused.class);
        assertThatThrownBy(() -> interposer.bind(key, OTHER_HOST, 4)).isInstanceOf(HalException.Refused.class);
        interposer.bind(key, OTHER_HOST, 6);
    }

    @Test
    void aBindThatItsOwnUnbindOvertookComesToNothing() throws Exception {
        if (interposer.slices().get(0).fence() != Fence.HARDWARE_EPOCH) {
            return;
        }
        interposer.unbind(key, 3);
        assertThatThrownBy(() -> interposer.bind(key, HOST, 3)).isInstanceOf(HalException.Refused.class);
        assertThat(interposer.route(key)).isInstanceOf(Route.Unbound.class);
    }

    @Test
    void aBoundSliceIsNotWiped() throws Exception {
        interposer.bind(key, HOST, 1);
        assertThatThrownBy(() -> interposer.sanitise(key)).isInstanceOf(HalException.Refused.class);
    }

    @Test
    void aWipeReachesTheWholeSliceAndIsReadBack() throws Exception {
        long wipedBytes = wipedBytes(interposer.slices().get(0));
        interposer.bind(key, HOST, 1);
        interposer.unbind(key, 1);
        WipeReport report = interposer.sanitise(key);
        assertThat(report.wipedBytes()).isEqualTo(wipedBytes);
        assertThat(report.verifiedBytes()).isEqualTo(wipedBytes);
        assertThat(report.method()).isNotEmpty();
    }

    @Test
    void everySliceGoesToAHostAndComesBackWiped() throws Exception {
        for (HardwareSlice slice : interposer.slices()) {
            HardwareAttachment attachment = interposer.bind(slice.key(), HOST, 1);
            assertThat(attachment.kind()).as(slice.key()).isNotEmpty().hasSizeLessThanOrEqualTo(32);
            interposer.unbind(slice.key(), 1);
            assertThat(interposer.route(slice.key())).as(slice.key()).isInstanceOf(Route.Unbound.class);
            WipeReport report = interposer.sanitise(slice.key());
            assertThat(report.verifiedBytes()).as(slice.key()).isEqualTo(report.wipedBytes());
            assertThat(report.method().equals(WipeReport.NONE_NEEDED))
                    .as(slice.key() + " needs no wipe")
                    .isEqualTo(!slice.kind().keepsData());
        }
    }

    @Test
    void whatWasNotLoadedIsInItsDefaultState() throws Exception {
        for (HardwareSlice slice : interposer.slices()) {
            assertThat(interposer.loaded(slice.key())).as(slice.key()).isEmpty();
        }
    }

    @Test
    void whatIsLoadedReadsBackUntilItIsWiped() throws Exception {
        for (HardwareSlice slice : loadable()) {
            for (String configuration : slice.configurations()) {
                LoadedConfiguration told = interposer.load(slice.key(), configuration, epoch += 1);
                assertThat(told.name()).isEqualTo(configuration);
                assertThat(interposer.loaded(slice.key())).contains(told);
                interposer.bind(slice.key(), HOST, epoch);
                assertThat(interposer.loaded(slice.key())).contains(told);
                interposer.unbind(slice.key(), epoch);
                assertThat(interposer.loaded(slice.key())).contains(told);
                interposer.sanitise(slice.key());
                assertThat(interposer.loaded(slice.key())).isEmpty();
            }
        }
    }

    @Test
    void theSameLoadAgainSaysTheSameAndAnotherIsRefusedUntilTheWipe() throws Exception {
        for (HardwareSlice slice : loadable()) {
            List<String> names = List.copyOf(slice.configurations());
            LoadedConfiguration first = interposer.load(slice.key(), names.get(0), 1);
            assertThat(interposer.load(slice.key(), names.get(0), 1)).isEqualTo(first);
            if (names.size() > 1) {
                assertThatThrownBy(() -> interposer.load(slice.key(), names.get(1), 1))
                        .isInstanceOf(HalException.Refused.class);
                assertThat(interposer.loaded(slice.key())).contains(first);
            }
        }
    }

    @Test
    void differentConfigurationsHaveDifferentDigests() throws Exception {
        for (HardwareSlice slice : loadable()) {
            Set<String> digests = new HashSet<>();
            for (String configuration : slice.configurations()) {
                digests.add(interposer.load(slice.key(), configuration, 1).digest());
                interposer.sanitise(slice.key());
            }
            assertThat(digests).hasSameSizeAs(slice.configurations());
        }
    }

    @Test
    void aBoundSliceIsNotLoaded() throws Exception {
        for (HardwareSlice slice : loadable()) {
            interposer.bind(slice.key(), HOST, 1);
            assertThatThrownBy(() -> interposer.load(slice.key(), anyOf(slice), 1))
                    .isInstanceOf(HalException.Refused.class);
            assertThat(interposer.loaded(slice.key())).isEmpty();
        }
    }

    @Test
    void aLoadThatItsOwnUnbindOvertookComesToNothing() throws Exception {
        for (HardwareSlice slice : loadable()) {
            if (slice.fence() == Fence.HARDWARE_EPOCH) {
                interposer.unbind(slice.key(), 3);
                assertThatThrownBy(() -> interposer.load(slice.key(), anyOf(slice), 3))
                        .isInstanceOf(HalException.Refused.class);
                assertThat(interposer.loaded(slice.key())).isEmpty();
            }
        }
    }

    @Test
    void aConfigurationThatASliceDoesNotHaveIsRefused() throws Exception {
        for (HardwareSlice slice : interposer.slices()) {
            assertThatThrownBy(() -> interposer.load(slice.key(), "no-such.bit", 1))
                    .isInstanceOf(HalException.Refused.class);
        }
    }

    @Test
    void whatIsLoadedOutlivesWhoeverLoadedIt() throws Exception {
        for (HardwareSlice slice : loadable()) {
            LoadedConfiguration told = interposer.load(slice.key(), anyOf(slice), 1);
            interposer.close();
            interposer = open();
            assertThat(interposer.loaded(slice.key())).contains(told);
        }
    }

    /** None, where nothing can be loaded. */
    private List<HardwareSlice> loadable() throws HalException {
        return interposer.slices().stream()
                .filter(slice -> !slice.configurations().isEmpty())
                .toList();
    }

    private static String anyOf(HardwareSlice slice) {
        return slice.configurations().iterator().next();
    }

    @Test
    void aSliceThatIsNotThereIsRefusedByName() {
        assertThatThrownBy(() -> interposer.route("no-such-slice"))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("no-such-slice");
    }

    @Test
    void routesOutliveWhoeverSetThem() throws Exception {
        interposer.bind(key, HOST, 7);
        interposer.close();
        interposer = open();
        assertThat(interposer.route(key)).isEqualTo(new Route.Bound(HOST, heldEpoch(7)));
    }

    private long heldEpoch(long epoch) throws HalException {
        return interposer.slices().get(0).fence() == Fence.HARDWARE_EPOCH ? epoch : 0;
    }
}
