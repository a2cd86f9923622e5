package org.rackweave.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.rackweave.config.Configuration;
import org.rackweave.config.Parsed;
import org.rackweave.hal.cxl.pool.SwitchRoute;
import org.rackweave.hal.settings.HostPort;
import org.rackweave.hal.switchtec.wire.EthernetHeader;

/**
 * Where a switch is; the form of the name says of which family it is.
 *
 * <pre>
 * 192.0.2.7:2508              a CXL switch, which takes MCTP over TCP there
 * mctp:1/20                   a CXL switch on an MCTP network of this machine's kernel
 * /sys/bus/pci/devices/…      a CXL switch of this machine, by its mailbox function
 * /dev/cxl/mem0               a CXL device of this machine, by raw commands of the kernel's driver
 * switchtec:192.0.2.8         a Switchtec at its management port; also switchtec:192.0.2.8:54545
 * /dev/switchtec0             a Switchtec through the kernel's driver
 * </pre>
 */
sealed interface SwitchName {
    String SWITCHTEC = "switchtec:";

    /** Which of them it is. */
    enum Kind {
        CXL,
        CXL_OF_THIS_MACHINE,
        SWITCHTEC_ETHERNET,
        SWITCHTEC_DRIVER
    }

    Kind kind();

    /** As it is written on the command line. */
    String text();

    /** A CXL switch. */
    record Cxl(DaemonAddress place) implements SwitchName {
        @Override
        public Kind kind() {
            return Kind.CXL;
        }

        @Override
        public String text() {
            return place.toString();
        }
    }

    /** A CXL switch that this machine's kernel leads to, in the words of {@link SwitchRoute}. */
    record CxlOfThisMachine(String text) implements SwitchName {
        @Override
        public Kind kind() {
            return Kind.CXL_OF_THIS_MACHINE;
        }
    }

    /** A Switchtec at its management port. */
    record SwitchtecEthernet(DaemonAddress place) implements SwitchName {
        @Override
        public Kind kind() {
            return Kind.SWITCHTEC_ETHERNET;
        }

        @Override
        public String text() {
            return SWITCHTEC + place;
        }
    }

    /** A Switchtec through the kernel's driver. */
    record SwitchtecDriver(Path device) implements SwitchName {
        @Override
        public Kind kind() {
            return Kind.SWITCHTEC_DRIVER;
        }

        @Override
        public String text() {
            return device.toString();
        }
    }

    static Parsed<SwitchName> parse(String text) {
        if (text.startsWith("/dev/switchtec")) {
            return new Parsed.Value<>(new SwitchtecDriver(Path.of(text)));
        }
        if (SwitchRoute.isOfThisMachine(text)) {
            return new Parsed.Value<>(new CxlOfThisMachine(text));
        }
        boolean isSwitchtec = text.startsWith(SWITCHTEC);
        Optional<DaemonAddress> place = (isSwitchtec
                        ? HostPort.parse(text.substring(SWITCHTEC.length()), EthernetHeader.TCP_PORT)
                        : HostPort.parse(text))
                .map(found -> new DaemonAddress(found.host(), found.port(), Optional.empty()));
        if (place.isPresent()) {
            return new Parsed.Value<>(isSwitchtec ? new SwitchtecEthernet(place.get()) : new Cxl(place.get()));
        }
        return new Parsed.Wrong<>(
                "'" + text + "' names no switch",
                "write " + SwitchRoute.FORMS + " for a CXL switch, switchtec:HOST or /dev/switchtecN for a Switchtec");
    }

    /** The switch that a daemon of this configuration owns; empty when it owns none that is spoken to here. */
    static Optional<SwitchName> ownedBy(Configuration.Interposer interposer) {
        Map<String, String> settings = interposer.settings();
        return switch (interposer.provider()) {
            case "cxl-switch" -> Optional.ofNullable(settings.get("switch")).flatMap(SwitchName::understood);
            case "switchtec" ->
                Optional.ofNullable(settings.get("address"))
                        .map(address -> SWITCHTEC + address)
                        .or(() -> Optional.ofNullable(settings.get("device")))
                        .flatMap(SwitchName::understood);
            default -> Optional.empty();
        };
    }

    /** Whether both lead to one place: a name and its address do. */
    default boolean isSameAs(SwitchName other) {
        return kind() == other.kind()
                && switch (kind()) {
                    case CXL ->
                        ((Cxl) this)
                                .place()
                                .socket()
                                .equals(((Cxl) other).place().socket());
                    case SWITCHTEC_ETHERNET ->
                        ((SwitchtecEthernet) this)
                                .place()
                                .socket()
                                .equals(((SwitchtecEthernet) other).place().socket());
                    case SWITCHTEC_DRIVER, CXL_OF_THIS_MACHINE -> equals(other);
                };
    }

    /** Whether both can lead to one place: two ways of one family that nothing here can compare may. */
    default boolean mayBeSameAs(SwitchName other) {
        return kind() == other.kind() ? isSameAs(other) : isSwitchtec() == other.isSwitchtec();
    }

    private boolean isSwitchtec() {
        return switch (kind()) {
            case CXL, CXL_OF_THIS_MACHINE -> false;
            case SWITCHTEC_ETHERNET, SWITCHTEC_DRIVER -> true;
        };
    }

    private static Optional<SwitchName> understood(String text) {
        return parse(text) instanceof Parsed.Value<SwitchName> value ? Optional.of(value.value()) : Optional.empty();
    }
}
