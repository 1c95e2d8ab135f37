// The OS families and types that come with the product.
import type { MigrationInterface, QueryRunner } from 'typeorm';

interface Family {
  readonly uuid: string;
  readonly name: string;
  readonly isFeatured?: boolean;
  /** uuid and name. */
  readonly types: readonly (readonly [string, string])[];
}

const families: readonly Family[] = [
  {
    uuid: '4e59f4b4-21e7-4ae6-8cc5-abec940c0aab',
    name: 'CentOS',
    types: [
      ['ac52b3b0-c4ce-4822-853d-b470764951b9', 'CentOS 4.5 (32-bit)'],
      ['f07a13d7-1885-464a-824d-69b1fc1f88b2', 'CentOS 4.5 (64-bit)'],
      ['c7819fef-e863-4435-8648-042398f940f5', 'CentOS 5.3 (32-bit)'],
      ['831ca288-2e05-4507-81f7-48a146c4de96', 'CentOS 5.3 (64-bit)'],
      ['e9509dc7-fbe5-448a-8245-df4f942c24d4', 'CentOS 5.6 (32-bit)'],
      ['fae51fe2-0c70-47e8-8868-9a8815cc7164', 'CentOS 5.6 (64-bit)'],
      ['d1badf01-4256-4928-88c0-7e81ca629d2b', 'CentOS 6.3 (64-bit)'],
      ['61fe5964-cf98-445f-867a-83aab5c9e364', 'CentOS 7 (64-bit)'],
      ['fe349c81-14f6-4b7b-8943-56c051fa2fa4', 'CentOS 8 (64-bit)'],
      ['eb6d62fc-6035-4484-850c-a05a0327a6a6', 'CentOS Stream 9 (64-bit)'],
      ['a535b489-5af5-49fd-89e5-200a9a531dd5', 'CentOS Stream 10 (64-bit)'],
    ],
  },
  {
    uuid: 'e4eb22c3-5018-4882-80ee-21d2471b0d26',
    name: 'Debian',
    isFeatured: true,
    types: [
      ['17c0ac26-1807-4842-827f-cef386b14f89', 'Debian GNU/Linux 5 (32-bit)'],
      ['72c5794d-f890-4040-85ca-2764fb30d5ed', 'Debian GNU/Linux 6 (32-bit)'],
      ['93338ca1-392a-4705-8f75-59fa977813c1', 'Debian GNU/Linux 6 (64-bit)'],
      ['68fbc972-9aa7-4f23-8d71-8411cb280d26', 'Debian GNU/Linux 7 (64-bit)'],
      ['c1ff3f7c-2ab4-4805-8080-1ab0452d1c72', 'Debian GNU/Linux 8 (64-bit)'],
      ['7d7648a8-c370-44f4-8dc2-7a61fe092f0a', 'Debian GNU/Linux 9 (64-bit)'],
      ['b4cacf88-56b4-4429-824d-83618c9a3f0c', 'Debian GNU/Linux 10 (64-bit)'],
      ['83486e5b-32b1-4c29-86c6-8c804a60ad40', 'Debian GNU/Linux 11 (64-bit)'],
      ['37b2315f-b7a4-4e25-8d4a-30af9007c5fb', 'Debian GNU/Linux 12 (64-bit)'],
      ['ad9f2844-ef6a-43e8-8cb7-1a4d49db4562', 'Debian GNU/Linux 13 (64-bit)'],
    ],
  },
  {
    uuid: '1c4eecea-3797-4655-818f-fc841125f3b9',
    name: 'Oracle',
    types: [
      ['acb03b5a-1028-40b4-89a3-70ec4e6632c3', 'Oracle Linux 7 (64-bit)'],
      ['e9f8c076-37de-48eb-8bda-4403d66955a2', 'Oracle Linux 8 (64-bit)'],
      ['3f1b7c8c-4d65-4795-8156-2974abb5ba28', 'Oracle Linux 9 (64-bit)'],
      ['ddc13660-e424-4ade-8e53-50ef96ba1145', 'Oracle Linux 10 (64-bit)'],
    ],
  },
  {
    uuid: '558cc8ea-9e18-466b-8746-4d89e55cbceb',
    name: 'RedHat',
    types: [
      ['2c028672-3e7a-4d63-8a98-0b622e55b0fe', 'Red Hat Enterprise Linux 5 (32-bit)'],
      ['9e01e095-0d3d-40f1-85ac-bbe312a2ef90', 'Red Hat Enterprise Linux 5 (64-bit)'],
      ['3a152d0a-dd99-4cd1-875e-9020e287eede', 'Red Hat Enterprise Linux 6 (64-bit)'],
      ['e45cf3de-14fd-4f05-8241-4d560eea8cf4', 'Red Hat Enterprise Linux 7 (64-bit)'],
      ['51b0ab7b-1757-4e53-8c1e-ba6cbc5b3883', 'Red Hat Enterprise Linux 8 (64-bit)'],
      ['e6e83061-c5bc-43f5-838b-57a3f3fc5620', 'Red Hat Enterprise Linux 9 (64-bit)'],
      ['b86d44af-f7cd-4b54-8924-ea238df28145', 'Red Hat Enterprise Linux 10 (64-bit)'],
    ],
  },
  {
    uuid: '7d613f07-52db-4b44-8284-4bc88362bdbb',
    name: 'Rocky Linux',
    isFeatured: true,
    types: [
      ['b9a06241-e99c-4e7a-8db2-427f89f2d373', 'Rocky Linux 8 (64-bit)'],
      ['8d73b130-4bc8-43b6-88a1-fbc4e9e73319', 'Rocky Linux 9 (64-bit)'],
      ['9b8c5f8b-eb1b-486b-8d5f-5ec48a7bb29d', 'Rocky Linux 10 (64-bit)'],
    ],
  },
  {
    uuid: '1e7929ef-34df-4dd1-8914-83abe6ccba56',
    name: 'AlmaLinux',
    isFeatured: true,
    types: [
      ['6acef729-5ebd-40d3-8641-e8fe645e72c3', 'AlmaLinux 8 (64-bit)'],
      ['95cd9615-11da-4db0-8e37-89d58923a593', 'AlmaLinux 9 (64-bit)'],
      ['6d3a0501-491d-4c48-8306-c61fbdb8b548', 'AlmaLinux 10 (64-bit)'],
    ],
  },
  {
    uuid: '84fbfe32-1197-47b6-88ea-b83acdad872f',
    name: 'SUSE',
    types: [
      ['100f2311-babf-43d8-8a44-3c4860f9a82b', 'SUSE Linux Enterprise Server 11 (64-bit)'],
      ['69c31996-2bf3-4c9c-8e68-334e215f2aeb', 'SUSE Linux Enterprise Server 12 (64-bit)'],
      ['21a005a9-00cf-4ac6-8354-990dd653a874', 'SUSE Linux Enterprise Server 15 (64-bit)'],
      ['08a990b2-bab0-442a-83e5-dd017154a5db', 'openSUSE Leap 15 (64-bit)'],
    ],
  },
  {
    uuid: '69732127-0d4f-488a-8b5f-62c1cc47fd1a',
    name: 'Fedora',
    types: [['5e402886-79ba-4143-80f5-85e5787cbab2', 'Fedora Linux (64-bit)']],
  },
  {
    uuid: '65fde8b1-19cd-4549-8da2-9b839029a8da',
    name: 'Alpine Linux',
    types: [['f0b9ea62-d01e-4a50-82f0-1b30577926fd', 'Alpine Linux (64-bit)']],
  },
  {
    uuid: '9947142b-777d-45e7-8296-b1e014de1a74',
    name: 'Ubuntu',
    isFeatured: true,
    types: [
      ['e3326a57-f51f-445a-8ce2-8b473dc06b0b', 'Ubuntu 10.04 (32-bit)'],
      ['c6fb965a-bd58-4643-8d61-ae253cd4259f', 'Ubuntu 10.04 (64-bit)'],
      ['35140131-5557-4083-8109-91d7ce5119f2', 'Ubuntu 12.04 (64-bit)'],
      ['562a87f4-09c2-4034-8270-586fd87bec60', 'Ubuntu 14.04 (64-bit)'],
      ['9d69bd5f-4350-462a-8416-6511b40a2e72', 'Ubuntu 16.04 LTS'],
      ['b928c740-1753-4911-8fe4-e3d0d4b6db73', 'Ubuntu 18.04 LTS'],
      ['f270bbc0-e582-43d8-8ab1-241cddb5c284', 'Ubuntu 20.04 LTS'],
      ['1c986f2d-1615-400f-82da-bdb796454426', 'Ubuntu 22.04 LTS'],
      ['0c3d37c1-f184-42cd-83c6-06e3df30b7cc', 'Ubuntu 24.04 LTS'],
      ['93d8a4a9-693a-45fd-8ead-25f14921ff5a', 'Ubuntu 26.04 LTS'],
    ],
  },
  {
    uuid: '1124430c-1ad6-453d-847c-d024f8110681',
    name: 'Windows',
    isFeatured: true,
    types: [
      ['78859465-81aa-4d8d-8c58-6f35d79c8c6d', 'Windows XP SP3 (32-bit)'],
      ['d55f700f-84eb-48be-8f47-b392bacd5021', 'Windows 7 (32-bit)'],
      ['bc87f715-4cb1-42f9-80fb-b9d31b9cf68e', 'Windows 7 (64-bit)'],
      ['571ae47a-5778-4645-8b48-5a3210164fa0', 'Windows 8 (64-bit)'],
      ['f97dd1db-b5da-40ba-8381-b035e5ff3569', 'Windows 10 (64-bit)'],
      ['ed5de51c-399d-4448-826b-50928c361490', 'Windows 11 (64-bit)'],
      ['e40bc0b7-8aba-42ec-8386-a6aff72cdc2a', 'Windows Server 2003 (64-bit)'],
      ['101a09f6-060b-48e5-8883-159836fb9995', 'Windows Server 2008 (64-bit)'],
      ['ffb30e26-897a-4a4b-8f36-a88ba7663aa3', 'Windows Server 2008 R2 (64-bit)'],
      ['161a7e6c-2b22-4743-844f-4250d41a729c', 'Windows Server 2012 (64-bit)'],
      ['bba7bca8-e634-4cd2-8dc9-03a077fc035b', 'Windows Server 2012 R2 (64-bit)'],
      ['4c6afa29-cd92-4c55-858c-f7e8f1c2f9aa', 'Windows Server 2016 (64-bit)'],
      ['a443fdff-5754-4fc4-8716-aa39cd912694', 'Windows Server 2019 (64-bit)'],
      ['80922070-b647-4620-896c-1d3667a731e7', 'Windows Server 2022 (64-bit)'],
      ['1028e28f-7d7e-4672-888c-d4252d04a9d4', 'Windows Server 2025 (64-bit)'],
    ],
  },
  {
    uuid: '6cf7b9c1-ad38-4c3d-80bf-a4728c32b1c1',
    name: 'Unix',
    types: [
      ['eff9c10b-4bb9-4a9c-8c1a-a5f848d5ebbd', 'FreeBSD 13 (64-bit)'],
      ['edcbfb7b-6e20-4bd3-8b88-6492af96e51e', 'FreeBSD 14 (64-bit)'],
      ['de945efd-810f-4f6e-8107-9fee4cbdb62a', 'FreeBSD 15 (64-bit)'],
      ['d3b087b1-dd3a-4288-8f8d-3d5c509498fb', 'OpenBSD (64-bit)'],
      ['d311fd3f-64e5-4528-8147-4eef56e2f23a', 'NetBSD (64-bit)'],
    ],
  },
  {
    uuid: '15a8823f-d9e6-4e39-8d00-c3137415dd74',
    name: 'Other',
    types: [
      ['e8d4c513-5380-454d-83be-7f5e33fc09db', 'Other (32-bit)'],
      ['6d3dfdde-4fce-4a21-8217-fef062c2b6fc', 'Other (64-bit)'],
      ['22efb3aa-1c65-4689-852b-1f47952e1231', 'Other Linux (32-bit)'],
      ['fa2764c1-7027-4228-8472-17d76b77bf4f', 'Other Linux (64-bit)'],
      ['43ef1d39-bac5-4db3-86cb-a6355edfc020', 'Other PV (32-bit)'],
      ['1c672954-eaff-4412-803f-0e77e29506b5', 'Other PV (64-bit)'],
    ],
  },
  {
    uuid: '45177bfa-9e53-4567-8909-37d6d8662ca4',
    name: 'None',
    types: [['e4b73a35-9cc4-47b7-803e-f3baea9e4c3e', 'None']],
  },
];

export class AddGuestOsTypes1763600260000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [place, { uuid, name, isFeatured = false, types }] of families.entries()) {
      await runner.query(
        `INSERT INTO guest_os_category (uuid, name, is_featured, sort_key, created)
         SELECT ?, ?, ?, ?, UTC_TIMESTAMP(3) FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM guest_os_category WHERE uuid = ?)`,
        [uuid, name, isFeatured, place, uuid],
      );
      for (const [typeUuid, typeName] of types) {
        await runner.query(
          `INSERT INTO guest_os_type (uuid, name, category_id)
           SELECT ?, ?, id FROM guest_os_category WHERE uuid = ? AND NOT EXISTS (SELECT 1 FROM guest_os_type WHERE uuid = ?)`,
          [typeUuid, typeName, uuid, typeUuid],
        );
      }
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
