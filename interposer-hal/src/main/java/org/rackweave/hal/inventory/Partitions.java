package org.rackweave.hal.inventory;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The parts into which drivers divide GPUs and other devices without giving them a PCI function of their own.
 *
 * @param mediatedTypes what can be made by mediated devices (mdev)
 * @param mediatedDevices what was made
 * @param migInstances the instances of NVIDIA's multi-instance GPUs (MIG)
 */
public record Partitions(
        List<MediatedType> mediatedTypes, List<MediatedDevice> mediatedDevices, List<MigInstance> migInstances) {
    public static final Partitions NONE = new Partitions(List.of(), List.of(), List.of());

    public Partitions {
        mediatedTypes = List.copyOf(mediatedTypes);
        mediatedDevices = List.copyOf(mediatedDevices);
        migInstances = List.copyOf(migInstances);
    }

    /**
     * A kind of part that a device can be divided into.
     *
     * @param parent the kernel's name of the device, which is an address where it is a PCI function
     * @param type the kernel's name of the kind, such as {@code nvidia-471}
     * @param name the maker's name of it, such as {@code GRID A100-4C}
     * @param interfaceName how the part looks to whoever gets it, such as {@code vfio-pci}
     * @param availableInstances how many more can be made now
     */
    public record MediatedType(
            String parent,
            String type,
            Optional<String> name,
            Optional<String> interfaceName,
            OptionalInt availableInstances) {
        public MediatedType {
            Require.notBlank(parent, "parent");
            Require.notBlank(type, "type");
            Objects.requireNonNull(name);
            Objects.requireNonNull(interfaceName);
            Objects.requireNonNull(availableInstances);
        }
    }

    /**
     * A part that was made.
     *
     * @param uuid whoever made it named it so
     * @param parent the device that it is part of
     * @param type which of its kinds
     * @param iommuGroup the group of devices that can reach each other's memory
     */
    public record MediatedDevice(String uuid, Optional<String> parent, Optional<String> type, OptionalInt iommuGroup) {
        public MediatedDevice {
            Require.notBlank(uuid, "uuid");
            Objects.requireNonNull(parent);
            Objects.requireNonNull(type);
            Objects.requireNonNull(iommuGroup);
        }
    }

    /**
     * A GPU instance, or a compute instance in one.
     *
     * @param gpu the driver's number of the GPU
     * @param function the PCI function that the GPU is
     * @param gpuInstance the driver's number of the instance
     * @param computeInstance the number of the compute instance in it; empty for the GPU instance itself
     * @param capabilityMinor the minor number of the device file that gives access to it
     */
    public record MigInstance(
            int gpu,
            Optional<PciAddress> function,
            int gpuInstance,
            OptionalInt computeInstance,
            OptionalInt capabilityMinor) {
        public MigInstance {
            Require.atLeastZero(gpu, "gpu");
            Require.atLeastZero(gpuInstance, "gpuInstance");
            Objects.requireNonNull(function);
            Objects.requireNonNull(computeInstance);
            Objects.requireNonNull(capabilityMinor);
        }
    }
}
