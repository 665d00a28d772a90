import { unitOf, type Operation } from '../operation';

export const getBalance: Operation = {
	option: {
		name: 'Get Balance',
		value: 'getBalance',
		action: 'Get account balance',
		description: 'Retrieve the balance of your account in USD, at no cost, e.g. to warn before it runs dry',
	},
	fields: [],
	prepare: async (item) =>
		unitOf(item.itemIndex, async () => ({
			json: { balance: await item.session.client.getBalance(item.session.callScope()) },
		})),
};
