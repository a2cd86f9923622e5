package org.rackweave.sim.switchtec;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.switchtec.routing.SwitchtecInterposerProvider;
import org.rackweave.sim.interposer.InterposerContract;

/** The port's contract, on a simulated switch over the loopback interface. */
class SwitchtecInterposerContractTest {
    private static final String DEVICES_FIRST =
            "device 16 net/100g wipe none-kept; device 20 wipe none-kept; lanes 8; lanes 12 pcie/gen4";
    private static final String LANES_FIRST = "lanes 12 pcie/gen4; lanes 8; device 16 wipe none-kept";

    @Nested
    class Devices extends OnASwitch {
        Devices() {
            super(DEVICES_FIRST, "bind-time 0");
        }
    }

    @Nested
    class Lanes extends OnASwitch {
        Lanes() {
            super(LANES_FIRST, "bind-time 0");
        }
    }

    @Nested
    class DevicesOfASwitchThatTakesItsTime extends OnASwitch {
        DevicesOfASwitchThatTakesItsTime() {
            super(DEVICES_FIRST, "bind-time 50");
        }
    }

    abstract static class OnASwitch extends InterposerContract {
        private final String slices;
        private final String bindTime;
        private Optional<SwitchtecServer> server = Optional.empty();

        OnASwitch(String slices, String bindTime) {
            this.slices = slices;
            this.bindTime = bindTime;
        }

        @Override
        protected Interposer open() throws Exception {
            if (server.isEmpty()) {
                server = Optional.of(SwitchtecServer.start(
                        new InetSocketAddress("127.0.0.2", 0),
                        SwitchtecConfig.parse(SwitchtecConfig.USUAL.replace("bind-time 200", bindTime)),
                        new SwitchtecFaults(Optional.empty()),
                        Optional.empty()));
            }
            InetSocketAddress address = server.get().address();
            return new SwitchtecInterposerProvider()
                    .open(
                            "owner",
                            Map.of(
                                    "address",
                                    "127.0.0.2:" + address.getPort(),
                                    "hosts",
                                    HOST + "=1," + OTHER_HOST + "=2",
                                    "slices",
                                    slices,
                                    "splits",
                                    "1 16 8,0,0,0,8",
                                    "timeout",
                                    "30s"));
        }

        /** What is behind a port keeps nothing, by the operator's word; nobody counts how much that is. */
        @Override
        protected long wipedBytes(HardwareSlice slice) {
            return 0;
        }

        @AfterEach
        void stop() throws Exception {
            if (server.isPresent()) {
                server.get().close();
            }
        }
    }
}
